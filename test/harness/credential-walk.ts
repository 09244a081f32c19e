import { beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, signUp } from './people.ts';
import type { Places } from './revocation-cases.ts';
import type { TestService } from './service.ts';
import { newMember } from './teams.ts';
import type { Credentials } from './wire.ts';
import { createRule, ruleInput } from './workloads.ts';

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
  'no rule': 'NOT_FOUND',
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

/** What makes or widens credentials of a workspace. The external owner has one key, of the developer; the rules are the owner's. */
const OF_WORKSPACE = `
of a workspace      | person   | owner | admin | developer | viewer   | outsider | own        | other      | service | test
make a key          | yes      | yes   | yes   | yes       | no right | yes      | yes        | yes        | yes     | not live
make a service key  | no right | yes   | yes   | no right  | no right | yes      | not theirs | not theirs | yes     | not theirs
loosen its owner    | yes      | yes   | yes   | no right  | no right | yes      | yes        | not theirs | yes     | not live
limit its owner     | yes      | yes   | yes   | yes       | no right | yes      | yes        | yes        | yes     | not live
make a rule         | no right | yes   | yes   | no right  | no right | yes      | not theirs | not theirs | yes     | not live
widen a rule        | no right | yes   | yes   | no right  | no right | no rule  | not theirs | not theirs | yes     | not live
redirect a rule     | no right | yes   | yes   | no right  | no right | no rule  | not theirs | not theirs | yes     | not live
switch a rule on    | no right | yes   | yes   | no right  | no right | no rule  | not theirs | not theirs | yes     | not live
switch a rule off   | yes      | yes   | yes   | yes       | no right | no rule  | yes        | yes        | yes     | not live
delete a rule       | yes      | yes   | yes   | yes       | no right | no rule  | yes        | yes        | yes     | not live
`;

interface Given {
  readonly externalId: string;
  readonly rule: string;
  /** That no other rule has. */
  readonly audience: string;
}

const KEY = { name: 'Walked', environment: 'live', permissions: ['exemple:read'] };
const perMinute = (limit: number) => [{ name: 'minute', limit, windowSeconds: 60 }];

const ACTIONS_OF_WORKSPACE: Readonly<
  Record<string, (given: Given) => readonly [name: string, input: object]>
> = {
  'make a key': () => ['keys.create', KEY],
  'make a service key': () => ['keys.create', { ...KEY, service: true }],
  'loosen its owner': ({ externalId }) => ['owners.update', { externalId, limits: perMinute(9) }],
  'limit its owner': ({ externalId }) => ['owners.update', { externalId, limits: perMinute(1) }],
  'make a rule': ({ audience }) => ['exchangeRules.create', ruleInput({ audience })],
  'widen a rule': ({ rule: id }) => [
    'exchangeRules.update',
    { id, permissions: ['exemple:read', 'echo:write'] },
  ],
  'redirect a rule': ({ rule: id }) => ['exchangeRules.update', { id, subject: 'repo:acme/other' }],
  'switch a rule on': ({ rule: id }) => ['exchangeRules.update', { id, enabled: true }],
  'switch a rule off': ({ rule: id }) => ['exchangeRules.update', { id, enabled: false }],
  'delete a rule': ({ rule: id }) => ['exchangeRules.delete', { id }],
};

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

let given = 0;

/** An external owner with one key of the developer, and an exchange rule: each caller acts on some of their own. */
async function newGiven(at: TestService, { owner, person }: Callers): Promise<Given> {
  const name = `walk-${process.pid}-${++given}`;
  const limits = { externalId: name, limits: perMinute(5) };
  await mutate(at, owner, 'owners.update', limits);
  await createKey(at, person, { permissions: ['exemple:read'], externalId: name });
  const audience = `https://${name}.example.com`;
  const rule = await createRule(at, owner as Person, { audience: `${audience}/rule` });
  return { externalId: name, rule, audience };
}

/** The procedures that the walk calls. */
export const WALKED: readonly string[] = [
  ...Object.values(ACTIONS).map(([name]) => name),
  ...Object.values(ACTIONS_OF_WORKSPACE).map(
    (actionOn) => actionOn({ externalId: '', rule: '', audience: '' })[0],
  ),
  ...rowsOf(BY_PEOPLE).map(({ action }) => action),
];

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

  describe.each(rowsOf(OF_WORKSPACE))('$subject: $action', ({ action, expected }) => {
    it('is allowed only to the callers in the table, and shows secrets to no other', async () => {
      const { here, there } = places();
      const outcomes: [string, string | undefined][] = [];
      for (const caller of CALLERS) {
        const its = await newGiven(here, callers);
        const [name, input] = ACTIONS_OF_WORKSPACE[action]?.(its) ?? ['', {}];
        const answer = await mutate(there, callers[caller], name, input);
        if (answer.status !== 200) expect(answer.text).not.toMatch(/ks_live_|kss_/);
        outcomes.push([caller, answer.reason]);
        await mutate(here, callers.owner, 'exchangeRules.delete', { id: its.rule });
      }
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
