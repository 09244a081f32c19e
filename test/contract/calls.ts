import { generateKeyPairSync } from 'node:crypto';
import type { KeysealClientOptions } from '../../client/index.ts';
import { PERMISSIONS, wildcardOf } from '../../shared/permissions.ts';
import { beginLink, beginSignIn } from '../harness/external-sign-in.ts';
import type { HostileIssuer } from '../harness/hostile-issuer.ts';
import { redeem } from '../harness/hostile-sign-in.ts';
import { addPasskey, beginPasskey, beginPasskeySignIn, originOf } from '../harness/passkeys.ts';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { registrationOf } from '../harness/public-keys.ts';
import { beginFactor, challengeOf, codeAt, setUpFactor } from '../harness/second-factor.ts';
import type { TestService } from '../harness/service.ts';
import { SoftwareAuthenticator } from '../harness/software-authenticator.ts';
import { invite, newAddress, newMember, signInAgain, workspacesOf } from '../harness/teams.ts';
import { ORDERS, reportOf } from '../harness/verify-requests.ts';
import { type Credentials, sign } from '../harness/wire.ts';
import { createRule, jobToken, ruleInput } from '../harness/workloads.ts';

/** Whose calls these are: an owner, and a key of her workspace that holds every permission. */
export interface World {
  readonly service: TestService;
  /** An identity provider of the service, `company`. */
  readonly issuer: HostileIssuer;
  readonly ada: Person;
  readonly key: Credentials & { readonly apiKey: string };
}

/** A call that is right. */
export interface RightCall {
  /** The caller, as options of a client. */
  readonly as: KeysealClientOptions;
  readonly input?: unknown;
  /** What makes the first event of a stream come, where it does not come by itself. */
  readonly stir?: () => Promise<unknown>;
  /** An input that is refused, and why; `INPUT_INVALID` of a field that nothing takes where it is not said. */
  readonly refused?: readonly [input: unknown, reason: string];
}

export async function newWorld(service: TestService, issuer: HostileIssuer): Promise<World> {
  const ada = await signUp(service);
  const permissions = PERMISSIONS.map(wildcardOf);
  return { service, issuer, ada, key: await createKey(service, ada, { permissions, authorities: [ORDERS] }) };
}

const byNobody = ({ service: { url } }: World) => ({ url });
const byKey = ({ service: { url }, key: { apiKey, signingSecret } }: World) => ({
  url,
  apiKey,
  signingSecret,
});

function byPerson({ service: { url } }: World, { id, signingSecret, token, refreshToken }: Person) {
  const accessTokenExpiresAt = new Date(Date.now() + 300_000).toISOString();
  return { url, session: { id, signingSecret, accessToken: token, accessTokenExpiresAt, refreshToken } };
}

const byAda = (world: World) => byPerson(world, world.ada);
const byBoth = (world: World) => ({ ...byAda(world), ...byKey(world) });

const PASSWORD = 'correct horse battery';
const NEW_PASSWORD = 'another horse battery';
const NONE = 'zzzzzzzzzzzz';

/** A new person changes their second factor, and has to give their password and a code. */
const byProof: Call = async (world) => {
  const person = await signUp(world.service);
  const { recoveryCodes } = await setUpFactor(world.service, person);
  const refused = [{ password: 'not hers at all' }, 'CREDENTIALS_INVALID'] as const;
  const input = { password: person.password, code: recoveryCodes[0] };
  return { as: byPerson(world, person), input, refused };
};

/** The last day, and what is left of this one. */
function aDay() {
  const [from, to] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString());
  return { from, to, step: 'hour' };
}

const madeBy = async ({ service, ada }: World, more = {}) => createKey(service, ada, more);

async function revokedKey(world: World): Promise<string> {
  const { id } = await madeBy(world);
  await mutate(world.service, world.ada, 'keys.revoke', { id });
  return id;
}

async function resetToken({ service, ada }: World): Promise<string> {
  const { userId } = await newMember(service, ada, 'viewer');
  return (await mutate(service, ada, 'auth.createReset', { userId })).json.result.data.token;
}

async function invitationId({ service, ada }: World): Promise<string> {
  const answer = await mutate(service, ada, 'invitations.create', { email: newAddress(), role: 'viewer' });
  return answer.json.result.data.invitation.id;
}

/** A sign-in from which the provider has sent the browser back. */
async function signInBack({ service, issuer }: World) {
  const begun = await beginSignIn(service);
  return { url: redeem(issuer, begun), flow: begun.flow };
}

/** The same for the linking of an identity to Ada's account. */
async function linkBack({ service, issuer, ada }: World) {
  const begun = await beginLink(service, ada);
  return { url: redeem(issuer, begun), flow: begun.flow };
}

async function identityId(world: World): Promise<string> {
  await mutate(world.service, world.ada, 'identities.finishLink', await linkBack(world));
  return (await query(world.service, world.ada, 'identities.list')).json.result.data.items.at(-1).id;
}

let audiences = 0;
const newAudience = () => `https://keys-${++audiences}.example.com`;

/** A rule of Ada's workspace, with an audience of its own. */
async function ruleOf({ service, ada }: World): Promise<[audience: string, id: string]> {
  const audience = newAudience();
  return [audience, await createRule(service, ada, { audience })];
}

const START = { issuer: 'company', returnTo: '/keys' };

type Call = (world: World) => RightCall | Promise<RightCall>;

/** One right call of every procedure, and of some in every way in which it can be made. */
export const CALLS: readonly (readonly [name: string, how: string, call: Call])[] = [
  ['health', 'unsigned', (world) => ({ as: byNobody(world) })],
  [
    'auth.signUp',
    'unsigned',
    (world) => ({ as: byNobody(world), input: { email: newAddress(), password: PASSWORD, name: 'Bob' } }),
  ],
  [
    'auth.signIn',
    'unsigned',
    (world) => ({
      as: byNobody(world),
      input: { email: world.ada.email, password: world.ada.password },
      refused: [{ email: world.ada.email, password: 'not hers at all' }, 'CREDENTIALS_INVALID'],
    }),
  ],
  [
    'auth.startSignIn',
    'unsigned',
    (world) => ({
      as: byNobody(world),
      input: START,
      refused: [{ ...START, returnTo: 'https://evil.example' }, 'INPUT_INVALID'],
    }),
  ],
  [
    'auth.finishSignIn',
    'unsigned',
    async (world) => {
      const input = await signInBack(world);
      return { as: byNobody(world), input, refused: [{ ...input, flow: NONE }, 'SIGN_IN_INVALID'] };
    },
  ],
  [
    'auth.signInWithCode',
    'unsigned',
    async (world) => {
      const person = await signUp(world.service);
      const { recoveryCodes } = await setUpFactor(world.service, person);
      const input = { challenge: await challengeOf(world.service, person), code: recoveryCodes[0] };
      return { as: byNobody(world), input, refused: [{ ...input, challenge: NONE }, 'SIGN_IN_INVALID'] };
    },
  ],
  [
    'auth.stepUp',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: { password: world.ada.password },
      refused: [{ password: 'not hers at all' }, 'CREDENTIALS_INVALID'],
    }),
  ],
  ['auth.startPasskeySignIn', 'unsigned', (world) => ({ as: byNobody(world), input: {} })],
  [
    'auth.signInWithPasskey',
    'unsigned',
    async ({ service, ...world }) => {
      const { authenticator } = await addPasskey(service, await signUp(service));
      const { challenge, options } = await beginPasskeySignIn(service);
      const input = { challenge, response: authenticator.get(options) };
      const refused = [{ ...input, challenge: NONE }, 'SIGN_IN_INVALID'] as const;
      return { as: byNobody({ service, ...world }), input, refused };
    },
  ],
  ['passkeys.list', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'passkeys.startRegistration',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: { password: world.ada.password },
      refused: [{ password: 'not hers at all' }, 'CREDENTIALS_INVALID'],
    }),
  ],
  [
    'passkeys.register',
    'by a person',
    async (world) => {
      const { challenge, options } = await beginPasskey(world.service, world.ada);
      const authenticator = new SoftwareAuthenticator({ origin: originOf(world.service) });
      const input = { challenge, response: authenticator.create(options), name: 'Laptop' };
      return { as: byAda(world), input, refused: [{ ...input, challenge: NONE }, 'SIGN_IN_INVALID'] };
    },
  ],
  [
    'passkeys.rename',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { id: (await addPasskey(world.service, world.ada)).id, name: 'Work' },
      refused: [{ id: NONE, name: 'Work' }, 'NOT_FOUND'],
    }),
  ],
  [
    'passkeys.remove',
    'by a person',
    async ({ service, ...world }) => {
      const ada = await signUp(service);
      const { id } = await addPasskey(service, ada);
      const { password } = ada;
      const refused = [{ id: NONE, password }, 'NOT_FOUND'] as const;
      return { as: byPerson({ service, ...world }, ada), input: { id, password }, refused };
    },
  ],
  ['secondFactor.get', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'secondFactor.begin',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: { password: world.ada.password },
      refused: [{ password: 'not hers at all' }, 'CREDENTIALS_INVALID'],
    }),
  ],
  [
    'secondFactor.confirm',
    'by a person',
    async (world) => {
      const person = await signUp(world.service);
      const code = codeAt(await beginFactor(world.service, person), Date.now());
      return {
        as: byPerson(world, person),
        input: { code },
        refused: [{ code: 'none' }, 'CREDENTIALS_INVALID'],
      };
    },
  ],
  ['secondFactor.newRecoveryCodes', 'by a person', byProof],
  ['secondFactor.remove', 'by a person', byProof],
  ['identities.list', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'identities.startLink',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: { ...START, password: world.ada.password },
      refused: [{ ...START, password: 'not hers at all' }, 'CREDENTIALS_INVALID'],
    }),
  ],
  [
    'identities.finishLink',
    'by a person',
    async (world) => {
      const input = await linkBack(world);
      return { as: byAda(world), input, refused: [{ ...input, flow: NONE }, 'SIGN_IN_INVALID'] };
    },
  ],
  [
    'identities.unlink',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { id: await identityId(world), password: world.ada.password },
      refused: [{ id: NONE, password: world.ada.password }, 'NOT_FOUND'],
    }),
  ],
  [
    'auth.reset',
    'unsigned',
    async (world) => ({
      as: byNobody(world),
      input: { token: await resetToken(world), newPassword: NEW_PASSWORD },
      refused: [{ token: NONE, newPassword: NEW_PASSWORD }, 'RESET_INVALID'],
    }),
  ],
  [
    'auth.refresh',
    'by the session alone',
    async (world) => {
      const person = await signInAgain(world.service, world.ada);
      return { as: byPerson(world, person), input: { refreshToken: person.refreshToken } };
    },
  ],
  [
    'auth.signOut',
    'by a person',
    async (world) => ({ as: byPerson(world, await signInAgain(world.service, world.ada)) }),
  ],
  [
    'auth.updateProfile',
    'by a person',
    async (world) => ({
      as: byPerson(world, await signUp(world.service)),
      input: { name: 'Ada Lovelace' },
      refused: [{ name: ' ' }, 'INPUT_INVALID'],
    }),
  ],
  [
    'auth.changePassword',
    'by a person',
    async (world) => ({
      as: byPerson(world, await signUp(world.service)),
      input: { currentPassword: PASSWORD, newPassword: NEW_PASSWORD },
      refused: [{ currentPassword: 'not theirs', newPassword: NEW_PASSWORD }, 'CREDENTIALS_INVALID'],
    }),
  ],
  [
    'auth.createReset',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { userId: (await newMember(world.service, world.ada, 'viewer')).userId },
      refused: [{ userId: NONE }, 'MEMBER_NOT_FOUND'],
    }),
  ],
  [
    'auth.deleteAccount',
    'by a person',
    async (world) => ({
      as: byPerson(world, await newMember(world.service, world.ada, 'viewer')),
      input: { password: PASSWORD },
      refused: [{ password: 'not theirs' }, 'CREDENTIALS_INVALID'],
    }),
  ],

  [
    'keys.create',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: {
        ...{ name: 'Made', environment: 'test', permissions: ['exemple:read'], metadata: { plan: 'pro' } },
        ...{ limits: [{ name: 'calls', limit: 9, windowSeconds: 60 }], credits: { remaining: 5 } },
      },
      refused: [{ name: 'Made', environment: 'live', permissions: ['no:such'] }, 'INPUT_INVALID'],
    }),
  ],
  [
    'keys.create',
    'by a key',
    (world) => ({ as: byKey(world), input: { name: 'Made', environment: 'live', permissions: ['echo:*'] } }),
  ],
  [
    'keys.exchange',
    'unsigned',
    async (world) => {
      const [audience, rule] = await ruleOf(world);
      const token = jobToken(world.issuer, { aud: audience });
      const refused = [{ token: jobToken(world.issuer, { aud: NONE }) }, 'EXCHANGE_DENIED'] as const;
      return { as: byNobody(world), input: { token, rule }, refused };
    },
  ],
  ['exchangeRules.list', 'by a key', (world) => ({ as: byKey(world) })],
  [
    'exchangeRules.create',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: ruleInput({ audience: newAudience(), claims: { repository_owner: 'acme' } }),
      refused: [ruleInput({ subject: '*' }), 'INPUT_INVALID'],
    }),
  ],
  [
    'exchangeRules.update',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { id: (await ruleOf(world))[1], enabled: false },
      refused: [{ id: NONE, enabled: false }, 'NOT_FOUND'],
    }),
  ],
  [
    'exchangeRules.delete',
    'by a key',
    async (world) => ({
      as: byKey(world),
      input: { id: (await ruleOf(world))[1] },
      refused: [{ id: NONE }, 'NOT_FOUND'],
    }),
  ],
  ['keys.list', 'by a key', (world) => ({ as: byKey(world), input: { limit: 1, status: 'active' } })],
  ['keys.get', 'by a key', (world) => named(world, world.key.id)],
  ['keys.limits', 'by a key', (world) => named(world, world.key.id)],
  [
    'keys.update',
    'by a key',
    async (world) => ({
      as: byKey(world),
      input: { id: (await madeBy(world)).id, name: 'Renamed', expiresAt: null, externalId: 'acme' },
      refused: [{ id: NONE, name: 'Renamed' }, 'KEY_NOT_FOUND'],
    }),
  ],
  [
    'keys.rotate',
    'by a key',
    async (world) => ({
      as: byKey(world),
      input: { id: (await madeBy(world)).id, graceSeconds: 60 },
      refused: [{ id: NONE, graceSeconds: 60 }, 'KEY_NOT_FOUND'],
    }),
  ],
  ['keys.revoke', 'by a key', async (world) => named(world, (await madeBy(world)).id)],
  ['keys.delete', 'by a key', async (world) => named(world, await revokedKey(world))],
  [
    'keys.tail',
    'by a key',
    async (world) => {
      const watched = await madeBy(world);
      return {
        ...named(world, watched.id),
        stir: () => mutate(world.service, watched, 'echo', { text: 'no' }),
      };
    },
  ],
  [
    'owners.update',
    'by a key',
    (world) => ({
      as: byKey(world),
      input: { externalId: 'globex', credits: { remaining: 10 }, limits: [] },
    }),
  ],
  [
    'owners.get',
    'by a key',
    async (world) => {
      await madeBy(world, { externalId: 'initech' });
      const refused = [{ externalId: NONE }, 'OWNER_NOT_FOUND'] as const;
      return { as: byKey(world), input: { externalId: 'initech' }, refused };
    },
  ],
  ['owners.list', 'by a key', (world) => ({ as: byKey(world), input: { limit: 1 } })],
  [
    'usage.key',
    'by a key',
    (world) => ({
      as: byKey(world),
      input: { id: world.key.id, ...aDay() },
      refused: [{ id: NONE, ...aDay() }, 'KEY_NOT_FOUND'],
    }),
  ],
  [
    'usage.keys',
    'by a key',
    (world) => ({
      as: byKey(world),
      input: { ids: [world.key.id], ...aDay() },
      refused: [{ ids: [world.key.id, NONE], ...aDay() }, 'KEY_NOT_FOUND'],
    }),
  ],
  ['usage.workspace', 'by a key', (world) => ({ as: byKey(world), input: { ...aDay(), top: 3 } })],
  ['requests.list', 'by a key', (world) => ({ as: byKey(world), input: { limit: 5 } })],
  ['audit.list', 'by a key', (world) => ({ as: byKey(world), input: { limit: 5 } })],
  ['audit.verify', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'verify',
    'by a key',
    (world) => ({
      as: byKey(world),
      input: reportOf(sign(world.key, '/orders?since=2027', { authority: ORDERS })),
    }),
  ],

  ['sessions.list', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'sessions.revoke',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { id: (await signInAgain(world.service, world.ada)).id },
      refused: [{ id: NONE }, 'SESSION_NOT_FOUND'],
    }),
  ],
  [
    'sessions.setPublicKey',
    'by a person',
    async (world) => {
      const input = await registrationOf(world.service, generateKeyPairSync('ed25519'));
      const person = await signInAgain(world.service, world.ada);
      return { as: byPerson(world, person), input, refused: [{ ...input, proof: NONE }, 'INPUT_INVALID'] };
    },
  ],
  ['workspaces.list', 'by a person', (world) => ({ as: byAda(world) })],
  ['workspaces.get', 'by a person', (world) => ({ as: byAda(world) })],
  ['workspaces.create', 'by a person', (world) => ({ as: byAda(world), input: { name: 'Second' } })],
  [
    'workspaces.select',
    'by a person',
    async (world) => {
      const bob = await signUp(world.service);
      const [own] = await workspacesOf(world.service, bob);
      const refused = [{ id: NONE }, 'WORKSPACE_NOT_FOUND'] as const;
      return { as: byPerson(world, bob), input: { id: own?.id }, refused };
    },
  ],
  ['workspaces.rename', 'by a person', (world) => ({ as: byAda(world), input: { name: 'Renamed' } })],
  // The caller sponsors it already.
  [
    'workspaces.update',
    'by a person',
    (world) => ({
      as: byAda(world),
      input: { signIn: { secondFactor: false, issuer: null } },
      refused: [{ signIn: { secondFactor: true } }, 'SIGN_IN_RULE'],
    }),
  ],
  ['workspaces.sponsor', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'workspaces.delete',
    'by a person',
    async (world) => {
      const bob = await signUp(world.service);
      const [own] = await workspacesOf(world.service, bob);
      return { as: byPerson(world, bob), input: { name: own?.name } };
    },
  ],
  ['members.list', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'members.setRole',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { userId: (await newMember(world.service, world.ada, 'viewer')).userId, role: 'developer' },
      refused: [{ userId: NONE, role: 'viewer' }, 'MEMBER_NOT_FOUND'],
    }),
  ],
  [
    'members.remove',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { userId: (await newMember(world.service, world.ada, 'viewer')).userId },
      refused: [{ userId: NONE }, 'MEMBER_NOT_FOUND'],
    }),
  ],
  [
    'members.leave',
    'by a person',
    async (world) => ({ as: byPerson(world, await newMember(world.service, world.ada, 'viewer')) }),
  ],
  [
    'invitations.create',
    'by a person',
    (world) => ({ as: byAda(world), input: { email: newAddress(), role: 'viewer' } }),
  ],
  ['invitations.list', 'by a person', (world) => ({ as: byAda(world) })],
  [
    'invitations.revoke',
    'by a person',
    async (world) => ({
      as: byAda(world),
      input: { id: await invitationId(world) },
      refused: [{ id: NONE }, 'INVITATION_NOT_FOUND'],
    }),
  ],
  [
    'invitations.preview',
    'unsigned',
    async (world) => {
      const token = await invite(world.service, world.ada, newAddress(), 'viewer');
      return { as: byNobody(world), input: { token }, refused: [{ token: NONE }, 'INVITATION_INVALID'] };
    },
  ],
  [
    'invitations.accept',
    'by a person',
    async (world) => {
      const bob = await signUp(world.service);
      const token = await invite(world.service, world.ada, bob.email, 'viewer');
      return { as: byPerson(world, bob), input: { token }, refused: [{ token: NONE }, 'INVITATION_INVALID'] };
    },
  ],

  ['exemple', 'by a key', (world) => ({ as: byKey(world), input: { name: 'Ada' } })],
  ['echo', 'by a key', (world) => ({ as: byKey(world), input: { text: 'été' } })],
  ['profile', 'by a key for a user', (world) => ({ as: byBoth(world) })],
  ['whoami', 'by a key', (world) => ({ as: byKey(world) })],
  ['whoami', 'by a key for a user', (world) => ({ as: byBoth(world) })],
  ['whoami', 'by a person', (world) => ({ as: byAda(world) })],
  ['clock', 'by a key', (world) => ({ as: byKey(world), input: { everyMs: 50 } })],
  ['upload', 'by a key, as bytes', (world) => uploaded(world, new Uint8Array([0, 1, 255]))],
  ['upload', 'by a key, as a form', (world) => uploaded(world, formOf(new File(['text'], 'a.txt')))],
];

const named = (world: World, id: string): RightCall => ({
  as: byKey(world),
  input: { id },
  refused: [{ id: NONE }, 'KEY_NOT_FOUND'],
});

const uploaded = (world: World, input: unknown): RightCall => ({
  as: byKey(world),
  input,
  refused: [{ neither: 'bytes nor a form' }, 'MEDIA_TYPE_NOT_SUPPORTED'],
});

function formOf(file: File): FormData {
  const form = new FormData();
  form.set('file', file);
  return form;
}
