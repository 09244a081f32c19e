import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { setUserDisabled } from '../../server/membership/users.ts';
import { blockTransactions } from './blocked-transactions.ts';
import { createKey, mutate, type Person, signUp } from './people.ts';
import type { Places } from './revocation-cases.ts';
import type { TestService } from './service.ts';
import { newMember, signInAgain } from './teams.ts';
import type { Answer, Credentials } from './wire.ts';
import { createRule, ruleInput as inputOfRule } from './workloads.ts';

/** An admin with keys of their own, alongside the owner of the workspace. */
interface Team {
  readonly owner: Person;
  readonly admin: Person;
  readonly developer: Person;
  /** A key of the admin's, which calls. */
  readonly key: Credentials;
  /** Another key of the admin's, and one of the workspace, which are changed. */
  readonly target: Credentials;
  readonly serviceKey: Credentials;
  /** A key of the workspace, which calls. */
  readonly machine: Credentials;
  /** An exchange rule, which is changed. */
  readonly rule: string;
}

/** The services need an issuer of workloads: nothing is fetched from it. */
export const WORKLOAD_ISSUERS = JSON.stringify([
  { name: 'company', issuer: 'https://id.example.com', workload: true },
]);

type Call = (team: Team) => readonly [who: Person | Credentials, name: string, input: object];

const MORE = { permissions: ['exemple:read', 'echo:write'] };
const aKey = (more: object = {}) => ({
  ...{ name: 'Made in flight', environment: 'live', permissions: ['exemple:read'] },
  ...more,
});
/** An audience belongs to one workspace: each team has one of its own. */
let audiences = 0;
const ruleInput = () => inputOfRule({ audience: `https://keys-${++audiences}.example.com` });
const limits = [{ name: 'calls', limit: 9, windowSeconds: 60 }];

/** Every call of a person that makes, shows, prolongs or widens a credential in their workspace. */
const BY_MEMBER: Readonly<Record<string, Call>> = {
  'makes a key': ({ admin }) => [admin, 'keys.create', aKey()],
  'makes a service key': ({ admin }) => [admin, 'keys.create', aKey({ service: true })],
  'rotates a key': ({ admin, target }) => [admin, 'keys.rotate', { id: target.id, graceSeconds: 60 }],
  'rotates a service key': ({ admin, serviceKey }) => [
    admin,
    'keys.rotate',
    { id: serviceKey.id, graceSeconds: 0 },
  ],
  'widens a key': ({ admin, target }) => [admin, 'keys.update', { id: target.id, ...MORE }],
  'widens a service key': ({ admin, serviceKey }) => [admin, 'keys.update', { id: serviceKey.id, ...MORE }],
  'loosens an external owner': ({ admin }) => [admin, 'owners.update', { externalId: 'acme', limits }],
  'invites a person': ({ admin }) => [
    admin,
    'invitations.create',
    { email: 'in-flight@example.com', role: 'admin' },
  ],
  'gives a member a role': ({ admin, developer }) => [
    admin,
    'members.setRole',
    { userId: developer.userId, role: 'admin' },
  ],
  'makes a reset link': ({ admin, developer }) => [admin, 'auth.createReset', { userId: developer.userId }],
  'makes an exchange rule': ({ admin }) => [admin, 'exchangeRules.create', ruleInput()],
  'widens an exchange rule': ({ admin, rule }) => [admin, 'exchangeRules.update', { id: rule, ...MORE }],
  'gives an exchange rule another subject': ({ admin, rule }) => [
    admin,
    'exchangeRules.update',
    { id: rule, subject: 'repo:acme/other' },
  ],
};

/** What a person does whichever workspace they belong to. */
const BY_PERSON: Readonly<Record<string, Call>> = {
  ...BY_MEMBER,
  'makes a workspace': ({ admin }) => [admin, 'workspaces.create', { name: 'In flight' }],
  'proves who they are': ({ admin }) => [admin, 'auth.stepUp', { password: admin.password }],
  'begins to register a passkey': ({ admin }) => [
    admin,
    'passkeys.startRegistration',
    { password: admin.password },
  ],
  'begins a second factor': ({ admin }) => [admin, 'secondFactor.begin', { password: admin.password }],
  'sets a password': ({ admin }) => [
    admin,
    'auth.changePassword',
    { currentPassword: admin.password, newPassword: 'set while in flight' },
  ],
};

const BY_KEY: Readonly<Record<string, Call>> = {
  'makes a key': ({ key }) => [key, 'keys.create', aKey()],
  'makes a tied key': ({ key }) => [key, 'keys.create', aKey({ externalId: 'acme' })],
  'rotates another': ({ key, target }) => [key, 'keys.rotate', { id: target.id, graceSeconds: 60 }],
  'widens another': ({ key, target }) => [key, 'keys.update', { id: target.id, ...MORE }],
  'loosens an external owner': ({ key }) => [key, 'owners.update', { externalId: 'acme', limits }],
  // The last: after it, the calling secrets are the previous ones, and make nothing that outlives their grace period.
  'rotates itself': ({ key }) => [key, 'keys.rotate', { id: key.id, graceSeconds: 60 }],
};

const BY_MACHINE: Readonly<Record<string, Call>> = {
  'makes a service key': ({ machine }) => [machine, 'keys.create', aKey({ service: true })],
  'widens a service key': ({ machine, serviceKey }) => [
    machine,
    'keys.update',
    { id: serviceKey.id, ...MORE },
  ],
  'makes an exchange rule': ({ machine }) => [machine, 'exchangeRules.create', ruleInput()],
  'widens an exchange rule': ({ machine, rule }) => [machine, 'exchangeRules.update', { id: rule, ...MORE }],
};

/** Stands for a team where only the names of the calls matter. */
const NO_TEAM = new Proxy({} as Team, { get: () => ({}) });

/** The procedures that are called while a right ends. */
export const CALLED_IN_FLIGHT: readonly string[] = [BY_PERSON, BY_KEY, BY_MACHINE].flatMap((calls) =>
  Object.values(calls).map((call) => call(NO_TEAM)[1]),
);

type Removal = (at: TestService, team: Team) => Promise<Answer | number | null>;

const ofKey =
  (name: string, more: object = {}): Removal =>
  (at, { admin, key }) =>
    mutate(at, admin, name, { id: key.id, ...more });

const ofMachine =
  (name: string, more: object = {}): Removal =>
  (at, { owner, machine }) =>
    mutate(at, owner, name, { id: machine.id, ...more });

/** What takes the right away, whose calls feel it, and how they are refused. */
const REMOVALS: readonly [string, Removal, Readonly<Record<string, Call>>, string][] = [
  [
    'the member is removed',
    (at, { owner, admin }) => mutate(at, owner, 'members.remove', { userId: admin.userId }),
    BY_MEMBER,
    'WORKSPACE_DENIED',
  ],
  [
    'the member may only read',
    (at, { owner, admin }) => mutate(at, owner, 'members.setRole', { userId: admin.userId, role: 'viewer' }),
    BY_MEMBER,
    'PERMISSION_DENIED',
  ],
  ['the member leaves', (at, { admin }) => mutate(at, admin, 'members.leave'), BY_MEMBER, 'WORKSPACE_DENIED'],
  ['the person signs out', (at, { admin }) => mutate(at, admin, 'auth.signOut'), BY_PERSON, 'SESSION_ENDED'],
  [
    'the session is ended from another',
    async (at, { admin }) => mutate(at, await signInAgain(at, admin), 'sessions.revoke', { id: admin.id }),
    BY_PERSON,
    'SESSION_ENDED',
  ],
  [
    'the person is disabled',
    (at, { admin }) => setUserDisabled(at.running.service.stores, admin.userId, true),
    BY_PERSON,
    'SESSION_ENDED',
  ],
  ['the key is revoked', ofKey('keys.revoke'), BY_KEY, 'KEY_REVOKED'],
  ['the key is switched off', ofKey('keys.update', { enabled: false }), BY_KEY, 'KEY_DISABLED'],
  [
    'the key may not write keys',
    ofKey('keys.update', { permissions: ['exemple:read'] }),
    BY_KEY,
    'PERMISSION_DENIED',
  ],
  [
    'the key is allowed from elsewhere alone',
    ofKey('keys.update', { allowedAddresses: ['192.0.2.0/24'] }),
    BY_KEY,
    'IP_DENIED',
  ],
  ['the key has other secrets', ofKey('keys.rotate', { graceSeconds: 0 }), BY_KEY, 'KEY_INVALID'],
  ['the service key is revoked', ofMachine('keys.revoke'), BY_MACHINE, 'KEY_REVOKED'],
  ['the service key is disabled', ofMachine('keys.update', { enabled: false }), BY_MACHINE, 'KEY_DISABLED'],
  [
    'the service key may not write keys',
    ofMachine('keys.update', { permissions: ['exemple:read', 'echo:write'] }),
    BY_MACHINE,
    'PERMISSION_DENIED',
  ],
  [
    'the service key has other secrets',
    ofMachine('keys.rotate', { graceSeconds: 0 }),
    BY_MACHINE,
    'KEY_INVALID',
  ],
  [
    'the owner of the key is removed',
    (at, { owner, admin }) => mutate(at, owner, 'members.remove', { userId: admin.userId }),
    BY_KEY,
    'KEY_DISABLED',
  ],
  [
    'the owner of the key may only read',
    (at, { owner, admin }) => mutate(at, owner, 'members.setRole', { userId: admin.userId, role: 'viewer' }),
    BY_KEY,
    'PERMISSION_DENIED',
  ],
  [
    'the owner of the key is disabled',
    (at, { admin }) => setUserDisabled(at.running.service.stores, admin.userId, true),
    BY_KEY,
    'KEY_DISABLED',
  ],
];

async function newTeam(at: TestService): Promise<Team> {
  const owner = await signUp(at);
  const [admin, developer] = [await newMember(at, owner, 'admin'), await newMember(at, owner, 'developer')];
  const permissions = ['keys:*', 'exemple:read', 'echo:write'];
  return {
    ...{ owner, admin, developer },
    key: await createKey(at, admin, { permissions }),
    target: await createKey(at, admin),
    serviceKey: await createKey(at, admin, { service: true }),
    machine: await createKey(at, owner, { service: true, permissions }),
    rule: await createRule(at, owner, ruleInput()),
  };
}

/** Everything that hands out or widens a credential, as the database has it. */
export async function credentialsIn({ running }: TestService): Promise<unknown> {
  const { database } = running.service.stores;
  return database.query(sql`select
    (select json_agg(json_build_array(id, secret_hash, permissions, enabled, revoked_at, previous_valid_until)
      order by id) from keys) as keys,
    (select json_agg(json_build_array(workspace_id, user_id, role, removed_at) order by workspace_id, user_id)
      from memberships) as memberships,
    (select json_agg(json_build_array(id, limits) order by id) from external_owners) as owners,
    (select json_agg(password_hash order by id) from users) as passwords,
    (select json_agg(id order by id) from invitations where revoked_at is null) as invitations,
    (select json_agg(token_hash order by token_hash) from password_resets where spent_at is null) as links,
    (select json_agg(json_build_array(id, permissions, subject, enabled, deleted_at) order by id) from exchange_rules)
      as rules,
    (select json_agg(json_build_array(id, proven_at, public_key, refresh_count) order by id) from sessions) as sessions,
    (select json_agg(json_build_array(secret_sealed, confirmed_at) order by user_id) from second_factors) as factors,
    (select json_agg(hash order by hash) from recovery_codes) as recovery_codes,
    (select json_agg(credential_id order by id) from passkeys) as passkeys`);
}

const refusedWith = (answers: readonly Answer[]) => answers.map(({ reason, status }) => reason ?? status);

/** Guarantee 11 in flight: a right that ended before the answer hands out, prolongs and widens nothing. */
export function testRevocationsInFlight(places: () => Places): void {
  describe.each(REMOVALS)('S8: when %s', (_, remove, calls, reason) => {
    let team: Team;
    beforeEach(async () => {
      team = await newTeam(places().here);
    });

    it('calls that were admitted before are refused, and nothing is made', async () => {
      const { here, there } = places();
      const all = Object.values(calls);
      const blocked = blockTransactions(there, all.length);
      const answers = all.map((call) => mutate(there, ...call(team)));
      await blocked.arrived;
      const removed = await remove(here, team);
      expect(typeof removed === 'object' ? removed?.status : 200).toBe(200);
      const before = await credentialsIn(here);
      blocked.release();
      const names = Object.keys(calls);
      const outcomes = refusedWith(await Promise.all(answers));
      expect(Object.fromEntries(names.map((name, n) => [name, outcomes[n]]))).toEqual(
        Object.fromEntries(names.map((name) => [name, reason])),
      );
      expect(await credentialsIn(here)).toEqual(before);
      // And so are those that are sent afterwards.
      const later = await Promise.all(all.map((call) => mutate(there, ...call(team))));
      expect(refusedWith(later)).toEqual(names.map(() => reason));
    });
  });

  it('S8: the same calls are carried out where no right is taken away', async () => {
    const { here, there } = places();
    for (const calls of [BY_PERSON, BY_KEY, BY_MACHINE]) {
      const team = await newTeam(here);
      for (const [name, call] of Object.entries(calls)) {
        expect([name, (await mutate(there, ...call(team))).reason]).toEqual([name, undefined]);
      }
    }
  });
}
