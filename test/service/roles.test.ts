import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { ROLES, type Role } from '../../shared/roles.ts';
import { mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { newMember } from '../harness/teams.ts';

let service: TestService;
const people = {} as Record<Role | 'former', Person>;

beforeAll(async () => {
  service = await startTestService();
  people.owner = await signUp(service);
  for (const role of ['admin', 'developer', 'viewer'] as const)
    people[role] = await newMember(service, people.owner, role);
  people.former = await newMember(service, people.owner, 'admin');
  await mutate(service, people.former, 'members.leave');
});
afterAll(() => service.stop());

const ALLOWED = ['allowed', 'allowed', 'allowed', 'allowed'];
const NO = 'PERMISSION_DENIED';
const MAKERS = ['allowed', 'allowed', 'allowed', NO];
const MANAGERS = ['allowed', 'allowed', NO, NO];
const OWNERS = ['allowed', NO, NO, NO];
/** Only for keys, or for a session that shows no token. */
const NO_ROLE = Array(4).fill('ACCESS_DENIED');

/** Every procedure that is not public, for an owner, an admin, a developer and a viewer whose own session signs. */
const TABLE: Record<string, string[]> = {
  'audit.list': MANAGERS,
  'audit.verify': MANAGERS,
  'auth.refresh': Array(4).fill('REQUEST_MALFORMED'),
  'auth.signOut': ALLOWED,
  'auth.stepUp': ALLOWED,
  'auth.updateProfile': ALLOWED,
  'auth.changePassword': ALLOWED,
  'auth.createReset': MANAGERS,
  'auth.deleteAccount': ALLOWED,
  'exchangeRules.list': ALLOWED,
  // A rule takes the right to make service keys too, once its input is known.
  'exchangeRules.create': MAKERS,
  'exchangeRules.update': MAKERS,
  'exchangeRules.delete': MAKERS,
  'identities.list': ALLOWED,
  'identities.startLink': ALLOWED,
  'identities.finishLink': ALLOWED,
  'identities.unlink': ALLOWED,
  'invitations.create': MANAGERS,
  'invitations.list': ALLOWED,
  'invitations.revoke': MANAGERS,
  'invitations.accept': ALLOWED,
  'keys.create': MAKERS,
  'keys.list': ALLOWED,
  'keys.get': ALLOWED,
  'keys.limits': ALLOWED,
  'keys.update': MAKERS,
  'keys.rotate': MAKERS,
  'keys.revoke': MAKERS,
  'keys.delete': MAKERS,
  'keys.tail': ALLOWED,
  'members.list': ALLOWED,
  'members.setRole': MANAGERS,
  'members.remove': MANAGERS,
  'members.leave': ALLOWED,
  'owners.update': MAKERS,
  'owners.get': ALLOWED,
  'owners.list': ALLOWED,
  'passkeys.list': ALLOWED,
  'passkeys.register': ALLOWED,
  'passkeys.remove': ALLOWED,
  'passkeys.rename': ALLOWED,
  'passkeys.startRegistration': ALLOWED,
  'requests.list': ALLOWED,
  'secondFactor.begin': ALLOWED,
  'secondFactor.confirm': ALLOWED,
  'secondFactor.get': ALLOWED,
  'secondFactor.newRecoveryCodes': ALLOWED,
  'secondFactor.remove': ALLOWED,
  'sessions.list': ALLOWED,
  'sessions.revoke': ALLOWED,
  'sessions.setPublicKey': ALLOWED,
  'usage.key': ALLOWED,
  'usage.keys': ALLOWED,
  'usage.workspace': ALLOWED,
  'workspaces.list': ALLOWED,
  'workspaces.create': ALLOWED,
  'workspaces.select': ALLOWED,
  'workspaces.get': ALLOWED,
  'workspaces.rename': MANAGERS,
  'workspaces.update': OWNERS,
  'workspaces.sponsor': OWNERS,
  'workspaces.delete': OWNERS,
  verify: NO_ROLE,
  exemple: NO_ROLE,
  echo: NO_ROLE,
  profile: NO_ROLE,
  whoami: ALLOWED,
  clock: NO_ROLE,
  upload: NO_ROLE,
};

/** What a person keeps who left the workspace in which their session acts; all else is WORKSPACE_DENIED. */
const KEPT = [
  ...['auth.stepUp', 'auth.updateProfile'],
  ...['identities.list', 'identities.startLink', 'identities.finishLink', 'identities.unlink'],
  ...['auth.signOut', 'auth.changePassword', 'auth.deleteAccount', 'invitations.accept', 'members.leave'],
  ...['passkeys.list', 'passkeys.register', 'passkeys.remove', 'passkeys.rename'],
  'passkeys.startRegistration',
  ...['secondFactor.begin', 'secondFactor.confirm', 'secondFactor.get', 'secondFactor.remove'],
  'secondFactor.newRecoveryCodes',
  ...['sessions.list', 'sessions.revoke', 'sessions.setPublicKey'],
  ...['workspaces.list', 'workspaces.create', 'workspaces.select'],
];

/**
 * The answer to a call with an input that no procedure accepts: a caller who may make it gets the refusal of the
 * input, before anything is done.
 */
async function outcome(name: string, person: Person): Promise<string> {
  const call = builtInApi.procedures.get(name)?.type === 'mutation' ? mutate : query;
  const { text } = await call(service, person, name, { 'no such field': 1 });
  // A stream says it within an event.
  const reason = /\\?"reason\\?":\\?"([A-Z_]+)/.exec(text)?.[1] ?? text;
  return reason === 'INPUT_INVALID' ? 'allowed' : reason;
}

describe('the procedures that a person may call', () => {
  it('are, for each role, exactly those of this table', async () => {
    const table: Record<string, string[]> = {};
    for (const [name, { guard }] of builtInApi.procedures) {
      if (guard.access === 'public') continue;
      table[name] = [];
      for (const role of ROLES) table[name].push(await outcome(name, people[role]));
    }
    expect(table).toEqual(TABLE);
  });

  it('are, without a workspace, those of their account', async () => {
    const allowed = [];
    for (const [name, { guard }] of builtInApi.procedures) {
      if (guard.access === 'public' || guard.access === 'session') continue;
      const reason = await outcome(name, people.former);
      if (reason === 'allowed') allowed.push(name);
      else expect([name, reason]).toEqual([name, 'WORKSPACE_DENIED']);
    }
    expect(allowed.sort()).toEqual([...KEPT].sort());
  });
});
