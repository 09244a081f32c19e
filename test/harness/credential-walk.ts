import { beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, signUp } from './people.ts';
import type { Places } from './revocation-cases.ts';
import type { TestService } from './service.ts';
import { newMember } from './teams.ts';
import type { Credentials } from './wire.ts';

/**
 * Who calls. The key that is acted upon is of a developer: `person` is that developer, `own` another key of theirs,
 * `other` a key of the admin's, `service` a key of the workspace, `test` a test key of the developer's.
 */
const CALLERS = [
  ...(['person', 'owner', 'admin', 'developer', 'viewer', 'outsider'] as const),
  ...(['own', 'other', 'service', 'test'] as const),
];
type CallerName = (typeof CALLERS)[number];

/** How an outcome is written in the table below. */
const OUTCOMES = {
  yes: undefined,
  'not theirs': 'ESCALATION_DENIED',
  'no right': 'PERMISSION_DENIED',
  unknown: 'KEY_NOT_FOUND',
  'not live': 'ENVIRONMENT_DENIED',
  person: 'ACCESS_DENIED',
  nobody: 'MEMBER_NOT_FOUND',
} as const;

const LATER = new Date(Date.now() + 30 * 86_400_000).toISOString();
const SOONER = new Date(Date.now() + 3_600_000).toISOString();

/** Each action on a key, which expires in a day, is bound to 127.0.0.1 and may do `exemple:read`. */
const ACTIONS: Readonly<Record<string, readonly [name: string, input: object]>> = {
  'rotate at once': ['keys.rotate', { graceSeconds: 0 }],
  'rotate, with grace': ['keys.rotate', { graceSeconds: 2_592_000 }],
  'grant a permission': ['keys.update', { permissions: ['exemple:read', 'echo:write'] }],
  'grant an address': ['keys.update', { allowedAddresses: [] }],
  'prolong it': ['keys.update', { expiresAt: LATER }],
  'tie it elsewhere': ['keys.update', { externalId: 'acme' }],
  'switch it on': ['keys.update', { enabled: true }],
  'give it credits': ['keys.update', { credits: null }],
  'shorten it': ['keys.update', { expiresAt: SOONER }],
  'rename it': ['keys.update', { name: 'Renamed' }],
  'switch it off': ['keys.update', { enabled: false }],
  'revoke it': ['keys.revoke', {}],
};

/** Guarantee 11: the outcome of each action for each caller, in the order of `CALLERS`. */
const TABLE = `
key of a person     | person   | owner      | admin      | developer  | viewer   | outsider | own      | other      | service    | test
rotate at once      | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
rotate, with grace  | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
grant a permission  | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
grant an address    | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
prolong it          | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
tie it elsewhere    | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
switch it on        | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
give it credits     | yes      | not theirs | not theirs | not theirs | no right | unknown  | yes      | not theirs | not theirs | not live
shorten it          | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
rename it           | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
switch it off       | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
revoke it           | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
key of a workspace  | person   | owner      | admin      | developer  | viewer   | outsider | own      | other      | service    | test
rotate at once      | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
rotate, with grace  | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
grant a permission  | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
grant an address    | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
prolong it          | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
tie it elsewhere    | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
switch it on        | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
give it credits     | no right | yes        | yes        | no right   | no right | unknown  | not theirs | not theirs | yes      | not live
shorten it          | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
rename it           | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
switch it off       | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
revoke it           | yes      | yes        | yes        | yes        | no right | unknown  | yes      | yes        | yes        | not live
`;

/** Roles and links that only a person gives out, here for the developer. */
const BY_PEOPLE = `
for a member        | person     | owner | admin | developer | viewer   | outsider | own    | other  | service | test
invitations.create  | no right   | yes   | yes   | no right  | no right | yes      | person | person | person  | person
auth.createReset    | no right   | yes   | yes   | no right  | no right | nobody   | person | person | person  | person
members.setRole     | no right   | yes   | yes   | no right  | no right | nobody   | person | person | person  | person
`;

interface Row {
  readonly subject: string;
  readonly action: string;
  readonly expected: Readonly<Record<string, string | undefined>>;
}

function rowsOf(table: string): Row[] {
  let subject = '';
  return table
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [action = '', ...cells] = line.split('|').map((cell) => cell.trim());
      if (cells.length === CALLERS.length && cells[1] === 'owner') {
        subject = action;
        return [];
      }
      const reasons = cells.map((cell) => OUTCOMES[cell as keyof typeof OUTCOMES]);
      const expected = Object.fromEntries(CALLERS.map((name, n) => [name, reasons[n]]));
      return [{ subject, action, expected }];
    });
}

type Callers = Readonly<Record<CallerName, Person | Credentials>>;

async function newCallers(at: TestService): Promise<Callers> {
  const owner = await signUp(at);
  const member = (role: 'admin' | 'developer' | 'viewer') => newMember(at, owner, role);
  const [admin, person] = [await member('admin'), await member('developer')];
  const permissions = ['keys:*', 'exemple:*', 'echo:*'];
  return {
    ...{ owner, admin, person, developer: await member('developer'), viewer: await member('viewer') },
    outsider: await signUp(at),
    own: await createKey(at, person, { permissions }),
    other: await createKey(at, admin, { permissions }),
    service: await createKey(at, admin, { permissions, service: true }),
    test: await createKey(at, person, { permissions, environment: 'test' }),
  };
}

/** Guarantee 11: only an entitled caller gets a credential, or extends or widens one. */
export function testCredentialRights(places: () => Places): void {
  let callers: Callers;
  beforeAll(async () => {
    callers = await newCallers(places().here);
  }, 60_000);

  const bound = () => ({
    permissions: ['exemple:read'],
    expiresAt: new Date(Date.now() + 86_400_000).toISOString(),
    allowedAddresses: ['127.0.0.1'],
  });

  describe.each(rowsOf(TABLE))('$subject: $action', ({ subject, action, expected }) => {
    it('is allowed only to the callers in the table, and shows secrets to no other', async () => {
      const { here, there } = places();
      const service = subject === 'key of a workspace';
      const [name, input] = ACTIONS[action] ?? ['', {}];
      const outcomes = await Promise.all(
        CALLERS.map(async (caller) => {
          const maker = service ? callers.owner : callers.person;
          const { id } = await createKey(here, maker, { ...bound(), service });
          const answer = await mutate(there, callers[caller], name, { id, ...input });
          if (answer.status !== 200) expect(answer.text).not.toMatch(/ks_live_|kss_/);
          return [caller, answer.reason] as const;
        }),
      );
      expect(Object.fromEntries(outcomes)).toEqual(expected);
    });
  });

  describe.each(rowsOf(BY_PEOPLE))('$subject: $action', ({ action, expected }) => {
    it('is allowed only to the callers in the table', async () => {
      const { there } = places();
      const { userId } = callers.person as Person;
      const outcomes: [string, string | undefined][] = [];
      for (const caller of CALLERS) {
        const input = {
          'invitations.create': { email: `${caller}-${process.pid}@example.com`, role: 'developer' },
          'auth.createReset': { userId },
          'members.setRole': { userId, role: 'developer' },
        }[action];
        outcomes.push([caller, (await mutate(there, callers[caller], action, input)).reason]);
      }
      expect(Object.fromEntries(outcomes)).toEqual(expected);
    });
  });
}
