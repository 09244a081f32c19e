import { eq } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { identities } from '../../drizzle/schema/identities.ts';
import { type SyncTerms, syncMemberships } from '../../server/auth/external/sync-memberships.ts';
import { parseIssuers } from '../../server/lib/issuer-config.ts';
import { dbOf, recordsOf } from '../harness/audit-chain.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, signInEntry, tokensWith } from '../harness/hostile-sign-in.ts';
import { mutate, type Person, personOf, query, signUp } from '../harness/people.ts';
import { sibling, startTestService, type TestService } from '../harness/service.ts';
import { activeOf, joined, workspacesOf } from '../harness/teams.ts';

let issuer: HostileIssuer;
let service: TestService;
let owner: Person;
let workspace: string;
/** A member by a rule. */
let maker: Person;

const MAKERS = { role: 'developer', claim: 'groups', value: 'makers' };
const STAFF = { role: 'viewer', claim: 'groups', value: 'staff' };

beforeAll(async () => {
  issuer = await startHostileIssuer();
  const before = await startTestService();
  owner = await signUp(before);
  workspace = await activeOf(before, owner);
  await before.stop();
  const entry = signInEntry(issuer, { join: rulesOf([MAKERS, STAFF]) });
  service = await sibling(before, {
    KEYSEAL_ISSUERS: JSON.stringify([entry]),
    KEYSEAL_ADDRESS_FAILURES: '1000000',
  });
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});
beforeEach(async () => {
  await service.running.service.stores.database.db.delete(identities);
  await sync([]);
  maker = await signedIn({ groups: ['makers', 'staff'] });
});

const rulesOf = (rules: readonly object[]) => rules.map((rule) => ({ workspace, ...rule }));

/** A sync with these rules. */
function sync(rules: readonly object[], terms: Partial<SyncTerms> = {}, more: object = {}) {
  const issuers = parseIssuers(JSON.stringify([signInEntry(issuer, { join: rulesOf(rules), ...more })]));
  if (typeof issuers === 'string') throw new Error(issuers);
  const all = { issuers, removedIssuer: null, seenSince: null, dryRun: false, ...terms };
  return syncMemberships(service.running.service.stores, all);
}

/** @param info further claims from the UserInfo endpoint */
async function signedIn(claims: object, info: object = {}): Promise<Person> {
  const begun = await beginSignIn(service);
  const all = { ...claimsFor(begun), ...claims };
  issuer.answerWith(tokensWith(issuer.token(all, ID_TOKEN)), { sub: all.sub, ...info });
  const answer = await finish(service, callbackOf(issuer, begun), begun.flow);
  return personOf(answer, answer.json.result.data.user.email, '');
}

const roleOf = async (person: Person) =>
  (await workspacesOf(service, person)).find(({ id }) => id === workspace)?.role ?? null;
const change = (from: string, to: string | null, reason: string) => ({
  ...{ userId: maker.userId, email: maker.email, workspaceId: workspace, issuer: issuer.issuer },
  ...{ from, to, reason },
});

describe('a sync of memberships with the join rules', () => {
  it('changes nothing while the rules are the same', async () => {
    expect(await sync([MAKERS, STAFF])).toEqual({ checked: 1, items: [] });
    expect(await roleOf(maker)).toBe('developer');
  });

  it('ends what no rule gives any more, from the next request on, and records it', async () => {
    const { items } = await sync([{ ...MAKERS, value: 'builders' }]);
    expect(items).toEqual([change('developer', null, 'rules')]);
    expect((await query(service, maker, 'keys.list')).reason).toBe('WORKSPACE_DENIED');
    const [record] = (await recordsOf(service, workspace)).slice(-1);
    expect(record).toMatchObject({
      ...{ action: 'users.syncMemberships', actorKind: 'system', subject: maker.userId },
      ...{ before: { removedAt: null }, after: { removedAt: expect.any(String) } },
    });
    expect(await sync([STAFF])).toEqual({ checked: 0, items: [] });
  });

  it('lowers a role, from the next request on', async () => {
    expect((await sync([STAFF])).items).toEqual([change('developer', 'viewer', 'rules')]);
    const create = { name: 'A key', environment: 'test', permissions: ['exemple:read'] };
    expect((await mutate(service, maker, 'keys.create', create)).reason).toBe('PERMISSION_DENIED');
    expect(await roleOf(maker)).toBe('viewer');
  });

  it('gives nothing: for more, the person signs in again', async () => {
    expect((await sync([{ ...MAKERS, role: 'owner' }])).items).toEqual([]);
    expect(await roleOf(maker)).toBe('developer');
  });

  it('only says what it would do, for a dry run', async () => {
    expect((await sync([STAFF], { dryRun: true })).items).toEqual([change('developer', 'viewer', 'rules')]);
    expect(await roleOf(maker)).toBe('developer');
  });

  it.each<[string, readonly object[]]>([
    ['a claim that no rule read', [{ role: 'developer', claim: 'roles', value: 'makers' }]],
    ['an address that no rule read', [{ role: 'developer', emailDomain: 'example.com' }]],
    ['such a claim first', [{ role: 'owner', claim: 'roles', value: 'makers' }, STAFF]],
  ])('keeps a membership if the rules read %s at the last sign-in', async (_, rules) => {
    expect((await sync(rules)).items).toEqual([change('developer', 'developer', 'claimsUnknown')]);
    expect(await roleOf(maker)).toBe('developer');
  });

  it('ends it if an earlier rule for another workspace reads one', async () => {
    const elsewhere = { workspace: 'wsp_other', role: 'owner', claim: 'roles', value: 'makers' };
    expect((await sync([elsewhere])).items).toEqual([change('developer', null, 'rules')]);
  });

  it('ends the memberships of people who have not signed in with the issuer for too long', async () => {
    const later = Date.now() + 60_000;
    expect((await sync([MAKERS], { seenSince: later - 120_000 })).items).toEqual([]);
    expect((await sync([MAKERS], { seenSince: later })).items).toEqual([change('developer', null, 'unseen')]);
    expect(await roleOf(maker)).toBe(null);
  });

  it('ends the memberships of people whose identity was unlinked', async () => {
    await dbOf(service).delete(identities).where(eq(identities.userId, maker.userId));
    expect((await sync([MAKERS])).items).toEqual([change('developer', null, 'unlinked')]);
  });

  it('keeps those of an issuer that is not configured, unless it is named as removed', async () => {
    expect((await sync([], { issuers: [] })).items).toEqual([
      change('developer', 'developer', 'issuerUnknown'),
    ]);
    const removed = { issuers: [], removedIssuer: issuer.issuer };
    expect((await sync([], removed)).items).toEqual([change('developer', null, 'issuerRemoved')]);
  });

  it('keeps the last owner', async () => {
    const other = await signedIn({ groups: ['makers'] });
    const own = await activeOf(service, other);
    expect(own).toBe(workspace);
    await mutate(service, owner, 'members.setRole', { userId: maker.userId, role: 'owner' });
    await mutate(service, owner, 'members.leave');
    const { items } = await sync([STAFF]);
    expect(items).toContainEqual(change('owner', 'owner', 'lastOwner'));
    expect(await roleOf(maker)).toBe('owner');
    owner = await reowned();
  });

  it('leaves a membership that a person gave', async () => {
    const member = await signUp(service);
    await joined(service, owner, member, 'admin');
    const { checked } = await sync([STAFF]);
    expect(checked).toBe(1);
    expect(await roleOf(member)).toBe('admin');
  });

  it.each<[string, unknown, object | null]>([
    ['more groups than are stored', Array.from({ length: 2_000 }, (_, n) => `group ${n}`), null],
    [
      'characters that Postgres does not store',
      ['makers', '\u0000', '\ud800'],
      { groups: ['makers', '\u0000', '\ud800'] },
    ],
    ['what no rule can compare', ['makers', 7, { a: ['makers'] }], { groups: ['makers'] }],
    ['an object', { makers: true }, { groups: null }],
  ])('concerns no sign-in with %s', async (_, groups, stored) => {
    const person = await signedIn({}, { groups });
    const [row] = await dbOf(service).select().from(identities).where(eq(identities.userId, person.userId));
    expect(JSON.parse(row?.ruleClaims ?? 'null')).toEqual(stored);
  });
});

/** Another owner, by invitation of the one that rules gave. */
async function reowned(): Promise<Person> {
  const next = await signUp(service);
  await joined(service, maker, next, 'owner');
  await mutate(service, next, 'members.remove', { userId: maker.userId });
  return next;
}
