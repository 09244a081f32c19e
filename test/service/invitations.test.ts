import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { invitations } from '../../drizzle/schema/memberships.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { callPublic, mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { invite, newAddress, newMember, rolesIn, workspacesOf } from '../harness/teams.ts';

let service: TestService;
let ada: Person;
let eve: Person;
const DAY = 24 * 3_600_000;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());
// Each test has a workspace of its own, which Ada owns; Eve has one of her own too.
beforeEach(async () => {
  [ada, eve] = [await signUp(service), await signUp(service)];
});

const password = 'correct horse battery';
const accept = (who: Person, token: string) => mutate(service, who, 'invitations.accept', { token });
const reasonOf = async (who: Person, name: string, input: unknown) =>
  (await mutate(service, who, name, input)).reason;
const listed = async () => (await query(service, ada, 'invitations.list')).json.result.data.items;

describe('invitations.create', () => {
  it('shows a token once, and stores only its MAC', async () => {
    const answer = await mutate(service, ada, 'invitations.create', {
      email: 'X@Example.com',
      role: 'viewer',
    });
    const { invitation, token } = answer.json.result.data;
    expect(token).toMatch(/^ksi_[A-Za-z0-9_-]{43}$/);
    expect(invitation).toMatchObject({ email: 'x@example.com', role: 'viewer', invitedBy: ada.userId });
    const life = Date.parse(invitation.expiresAt) - Date.parse(invitation.createdAt);
    expect(life).toBe(7 * DAY);
    expect(await listed()).toEqual([invitation]);
    const { db } = service.running.service.stores.database;
    const rows = await db.select().from(invitations).where(eq(invitations.id, invitation.id));
    expect(JSON.stringify([rows, service.log])).not.toContain(token.slice(4));
  });

  it('is for managers, who cannot give a role above their own', async () => {
    const [admin, developer] = [
      await newMember(service, ada, 'admin'),
      await newMember(service, ada, 'developer'),
    ];
    const answer = await mutate(service, admin, 'invitations.create', { email: newAddress(), role: 'owner' });
    expect([answer.reason, answer.json.error.data.missing]).toEqual(['ESCALATION_DENIED', 'owner']);
    const input = { email: newAddress(), role: 'admin' };
    expect(await reasonOf(admin, 'invitations.create', input)).toBeUndefined();
    expect(await reasonOf(developer, 'invitations.create', input)).toBe('PERMISSION_DENIED');
  });

  it('refuses a member of the workspace', async () => {
    const { email } = await newMember(service, ada, 'viewer');
    expect(await reasonOf(ada, 'invitations.create', { email, role: 'viewer' })).toBe('CONFLICT');
  });

  it('withdraws an earlier invitation of the same address', async () => {
    const first = await invite(service, ada, eve.email, 'admin');
    const second = await invite(service, ada, eve.email, 'viewer');
    expect(await listed()).toHaveLength(1);
    expect((await accept(eve, first)).reason).toBe('INVITATION_INVALID');
    expect((await accept(eve, second)).json.result.data.workspace.role).toBe('viewer');
  });
});

/** What makes an invitation invalid; the answer is the same to the letter. */
const BAD: [string, () => Promise<string>][] = [
  ['unknown', async () => 'ksi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'],
  ['no token at all', async () => 'please'],
  ['for another address', () => invite(service, ada, newAddress())],
  [
    'spent',
    async () => {
      const token = await invite(service, ada, eve.email);
      await accept(eve, token);
      return token;
    },
  ],
  [
    'withdrawn',
    async () => {
      const token = await invite(service, ada, eve.email);
      const [{ id }] = await listed();
      await mutate(service, ada, 'invitations.revoke', { id });
      return token;
    },
  ],
  [
    'to a workspace that was deleted',
    async () => {
      const token = await invite(service, ada, eve.email);
      const [workspace] = await workspacesOf(service, ada);
      await mutate(service, ada, 'workspaces.delete', { name: workspace?.name });
      return token;
    },
  ],
  ['by a removed member', () => byFormer('members.remove', {})],
  ['by a member who manages no one any more', () => byFormer('members.setRole', { role: 'developer' })],
  [
    'by a disabled person',
    async () => {
      const admin = await newMember(service, ada, 'admin');
      const token = await invite(service, admin, eve.email, 'admin');
      await setUserDisabled(service.running.service.stores, admin.userId, true);
      return token;
    },
  ],
];

async function byFormer(change: string, more: object): Promise<string> {
  const admin = await newMember(service, ada, 'admin');
  const token = await invite(service, admin, eve.email, 'admin');
  await mutate(service, ada, change, { userId: admin.userId, ...more });
  return token;
}

describe('invitations.accept', () => {
  it('adds the invited person with the role of the invitation, and does not move their session', async () => {
    const token = await invite(service, ada, eve.email, 'developer');
    const before = await workspacesOf(service, eve);
    const { workspace } = (await accept(eve, token)).json.result.data;
    expect(workspace.role).toBe('developer');
    const after = await workspacesOf(service, eve);
    expect(after.map(({ id, active }) => [id, active])).toEqual([
      [before[0]?.id, true],
      [workspace.id, false],
    ]);
    expect((await rolesIn(service, ada))[eve.userId]).toBe('developer');
    expect(await listed()).toEqual([]);
  });

  it('refuses an invalid invitation in the same words for every reason', async () => {
    const answers: [string, unknown][] = [];
    for (const [name, make] of BAD) {
      [ada, eve] = [await signUp(service), await signUp(service)];
      const { status, json } = await accept(eve, await make());
      const { requestId, ...data } = json.error?.data ?? {};
      answers.push([name, { status, message: json.error?.message, ...data }]);
    }
    const [first] = answers;
    expect(first?.[1]).toMatchObject({ status: 403, reason: 'INVITATION_INVALID' });
    for (const [name, answer] of answers) expect([name, answer]).toEqual([name, first?.[1]]);
  });

  it('refuses an invitation after seven days', async () => {
    const token = await invite(service, ada, eve.email);
    const { db } = service.running.service.stores.database;
    const overdue = { expiresAt: new Date(Date.now() - 1) };
    await db.update(invitations).set(overdue).where(eq(invitations.email, eve.email));
    expect((await accept(eve, token)).reason).toBe('INVITATION_INVALID');
    expect(await listed()).toEqual([]);
  });

  it('accepts an invitation once of many concurrent attempts', async () => {
    const token = await invite(service, ada, eve.email);
    const reasons = (await Promise.all(Array.from({ length: 8 }, () => accept(eve, token)))).map(
      ({ reason }) => reason,
    );
    expect(reasons.filter((reason) => reason === undefined)).toHaveLength(1);
    expect(reasons.filter((reason) => reason === 'INVITATION_INVALID')).toHaveLength(7);
  });

  it('refuses a member of the workspace without spending the invitation', async () => {
    const token = await invite(service, ada, eve.email, 'viewer');
    const { db } = service.running.service.stores.database;
    await accept(eve, token);
    await db.update(invitations).set({ acceptedAt: null }).where(eq(invitations.email, eve.email));
    expect((await accept(eve, token)).reason).toBe('CONFLICT');
    expect((await listed()).map(({ email }: { email: string }) => email)).toEqual([eve.email]);
  });
});

describe('invitations.preview', () => {
  const preview = (token: string) => callPublic(service, 'invitations.preview', { token });

  it('shows the holder of the token what it offers, and uses nothing', async () => {
    const [workspace] = await workspacesOf(service, ada);
    await mutate(service, ada, 'auth.updateProfile', { name: 'Ada Lovelace' });
    const token = await invite(service, ada, eve.email, 'developer');
    const [{ expiresAt }] = await listed();
    for (const _ of [1, 2]) {
      expect((await preview(token)).json.result.data).toEqual({
        ...{ workspaceName: workspace?.name, inviterName: 'Ada Lovelace' },
        ...{ email: eve.email, role: 'developer', expiresAt },
      });
    }
    expect((await accept(eve, token)).status).toBe(200);
  });

  it('refuses an invalid invitation in the same words for every reason, also in their length', async () => {
    const answers: [string, unknown][] = [];
    for (const [name, make] of BAD) {
      [ada, eve] = [await signUp(service), await signUp(service)];
      // Whom it is for is not known here: another person's is shown to its holder.
      if (name === 'for another address') continue;
      const { status, json, text } = await preview(await make());
      const { requestId, ...data } = json.error?.data ?? {};
      answers.push([name, { status, message: json.error?.message, size: text.length, ...data }]);
    }
    const [first] = answers;
    expect(first?.[1]).toMatchObject({ status: 403, reason: 'INVITATION_INVALID' });
    for (const [name, answer] of answers) expect([name, answer]).toEqual([name, first?.[1]]);
  });

  it('refuses an invitation after seven days, and as soon as one is used, also on the page that showed it', async () => {
    const [old, used] = [await invite(service, ada, newAddress()), await invite(service, ada, eve.email)];
    expect([(await preview(old)).status, (await preview(used)).status]).toEqual([200, 200]);
    await accept(eve, used);
    const { db } = service.running.service.stores.database;
    await db.update(invitations).set({ expiresAt: new Date(Date.now() - 1) });
    expect([(await preview(old)).reason, (await preview(used)).reason]).toEqual([
      'INVITATION_INVALID',
      'INVITATION_INVALID',
    ]);
  });

  it('says nothing of the token in the log, and takes no query, whose input would be in the URL', async () => {
    const token = await invite(service, ada, eve.email);
    await preview(token);
    expect(JSON.stringify(service.log)).not.toContain(token.slice(4));
    expect((await query(service, eve, 'invitations.preview', { token })).status).toBe(405);
  });
});

describe('auth.signUp with an invitation', () => {
  it('creates an account that belongs to that workspace only', async () => {
    const member = await newMember(service, ada, 'viewer');
    expect((await workspacesOf(service, member)).map(({ role, active }) => [role, active])).toEqual([
      ['viewer', true],
    ]);
  });

  it('refuses the invitation for another address, and a spent one', async () => {
    const email = newAddress();
    const invitationToken = await invite(service, ada, email);
    const signUpAs = async (email: string, more: object = {}) =>
      (await callPublic(service, 'auth.signUp', { email, password, invitationToken, ...more })).reason;
    expect(await signUpAs(newAddress())).toBe('INVITATION_INVALID');
    expect(await signUpAs(email, { setupToken: 'x' })).toBe('INPUT_INVALID');
    expect(await signUpAs(email)).toBeUndefined();
    expect(await signUpAs(email)).toBe('INVITATION_INVALID');
  });

  it('does not spend the invitation if the address has an account, which can accept it', async () => {
    const invitationToken = await invite(service, ada, eve.email);
    const input = { email: eve.email, password, invitationToken };
    expect((await callPublic(service, 'auth.signUp', input)).reason).toBe('CONFLICT');
    expect((await accept(eve, invitationToken)).status).toBe(200);
  });

  it('creates one account of many concurrent attempts', async () => {
    const email = newAddress();
    const input = { email, password, invitationToken: await invite(service, ada, email) };
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => callPublic(service, 'auth.signUp', input)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });
});

it('an invited person can sign up although sign-up is closed', async () => {
  const env = { KEYSEAL_SIGN_UP: 'first', KEYSEAL_SETUP_TOKEN: 'a set-up token to be shown' };
  const closed = await startTestService({ env });
  const first = { email: newAddress(), password, setupToken: 'a set-up token to be shown' };
  const owner = personOf(await callPublic(closed, 'auth.signUp', first), first.email, password);
  const uninvited = { email: newAddress(), password };
  expect((await callPublic(closed, 'auth.signUp', uninvited)).reason).toBe('ACCESS_DENIED');
  expect(await workspacesOf(closed, await newMember(closed, owner, 'developer'))).toHaveLength(1);
  await closed.stop();
});
