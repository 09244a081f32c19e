import { describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { compareContracts, newBreaks } from './changes.ts';
import { type Contract, contractOf, type Recorded } from './recorded.ts';

const CONTRACT: Contract = { breaks: [], ...contractOf(builtInApi) };

/** Today's contract with a part of it in another form. */
const changed = (part: Partial<Contract>): Contract => ({ ...CONTRACT, ...part });
const without = <T>(members: Readonly<Record<string, T>>, gone: string): Record<string, T> =>
  Object.fromEntries(Object.entries(members).filter(([name]) => name !== gone));

function procedure(name: string, change: Partial<Recorded>): Contract {
  const before = CONTRACT.procedures[name] as Recorded;
  return changed({ procedures: { ...CONTRACT.procedures, [name]: { ...before, ...change } } });
}

const guarded = (name: string, guard: Partial<Recorded['guard']>) =>
  procedure(name, { guard: { ...(CONTRACT.procedures[name] as Recorded).guard, ...guard } });

/** A field of an input or an output with something else in its schema. */
function field(name: string, side: 'input' | 'output', at: string, more: object): Contract {
  const schema = structuredClone((CONTRACT.procedures[name] as Recorded)[side]);
  Object.assign((schema['properties'] as Record<string, object>)[at] as object, more);
  return procedure(name, { [side]: schema });
}

const changesBetween = (before: Contract, after: Contract) =>
  compareContracts(before, after).map(({ what, breaks }) => what + (breaks ? '!' : ''));

/** The report of a change of today's contract, and of its reversal; a breaking change ends with an exclamation mark. */
const TABLE: readonly (readonly [string, Contract, there: string, back: string])[] = [
  [
    'a procedure',
    changed({ procedures: without(CONTRACT.procedures, 'echo') }),
    'echo is gone!',
    'echo is new',
  ],
  [
    'a reason',
    changed({ reasons: without(CONTRACT.reasons, 'CONFLICT') }),
    'reason CONFLICT is gone!',
    'reason CONFLICT is new',
  ],
  [
    'the status of a reason',
    changed({ reasons: { ...CONTRACT.reasons, CONFLICT: 400 } }),
    'reason CONFLICT: status is 400, was 409!',
    'reason CONFLICT: status is 409, was 400!',
  ],
  [
    'a permission of the vocabulary',
    changed({ permissions: CONTRACT.permissions.filter((name) => name !== 'echo:write') }),
    'permission echo:write is gone!',
    'permission echo:write is new',
  ],
  [
    'a header',
    changed({ headers: { ...CONTRACT.headers, sent: CONTRACT.headers.sent.slice(1) } }),
    'header that is sent accept-signature is gone!',
    'header that is sent accept-signature is new',
  ],
  [
    'a header of answers',
    changed({
      headers: {
        ...CONTRACT.headers,
        answered: CONTRACT.headers.answered.filter((name) => name !== 'ratelimit'),
      },
    }),
    'header that is answered ratelimit is gone!',
    'header that is answered ratelimit is new',
  ],
  [
    'how far behind a signature may be',
    changed({ signature: { ...CONTRACT.signature, maxAgeSeconds: 60 } }),
    'signature, maxAgeSeconds: it is 60, was 300!',
    'signature, maxAgeSeconds: it is 300, was 60!',
  ],
  [
    'the type of a procedure',
    procedure('echo', { type: 'query' }),
    'echo: type is "query", was "mutation"!',
    'echo: type is "mutation", was "query"!',
  ],
  [
    'the permission that is needed',
    guarded('echo', { permission: 'keys:delete' }),
    'echo: permission is keys:delete, was echo:write!',
    'echo: permission is echo:write, was keys:delete!',
  ],
  [
    'the environment that is needed',
    guarded('echo', { environment: 'live' }),
    'echo: environment is live, was none!',
    'echo: environment is none, was live',
  ],
  [
    'how large an input may be',
    guarded('keys.create', { maxInput: 1024 }),
    'keys.create: takes inputs of 1024 bytes, did of 131072!',
    'keys.create: takes inputs of 131072 bytes, did of 1024',
  ],
  ['what a call costs', guarded('echo', { cost: 2 }), 'echo: costs 2, did 1!', 'echo: costs 1, did 2'],
  [
    'who may call',
    guarded('echo', { access: 'any' }),
    'echo: access is any, was key',
    'echo: access is key, was any!',
  ],
  [
    'whether anyone may',
    guarded('echo', { access: 'public' }),
    'echo: access is public, was key!',
    'echo: access is key, was public!',
  ],
  [
    'whether the input can be left out',
    procedure('exemple', { inputOptional: false }),
    'exemple: input may not be left out any more!',
    'exemple: input may be left out',
  ],
  [
    'how long a name may be',
    field('keys.create', 'input', 'name', { maxLength: 80 }),
    'keys.create: input `name` is at most 80 characters, was at most 100 characters!',
    'keys.create: input `name` is at most 100 characters, was at most 80 characters',
  ],
  [
    'what an output can be',
    field('exemple', 'output', 'at', { type: ['string', 'null'] }),
    'exemple: output `at` can be null now!',
    'exemple: output `at` is never null any more',
  ],
];

describe.each(TABLE)('%s', (_, other, there, back) => {
  it('is reported as breaking or not', () => {
    expect(changesBetween(CONTRACT, other)).toEqual([there]);
  });

  it('is reported as breaking or not in reverse', () => {
    expect(changesBetween(other, CONTRACT)).toEqual([back]);
  });
});

describe('a change of who may call', () => {
  const ACCESSES = ['public', 'session', 'user', 'key', 'key-for-user', 'key-or-user', 'any'] as const;
  /** Changes that break no client. */
  const WIDER = [
    ['user', 'key-or-user'],
    ['user', 'any'],
    ['key', 'any'],
    ['key-for-user', 'key'],
    ['key-for-user', 'any'],
    ['key-or-user', 'any'],
  ];

  it.each(ACCESSES.flatMap((from) => ACCESSES.filter((to) => to !== from).map((to) => [from, to] as const)))(
    'from %s to %s breaks unless it is wider',
    (from, to) => {
      const [change] = compareContracts(guarded('echo', { access: from }), guarded('echo', { access: to }));
      expect(change?.breaks).toBe(!WIDER.some(([a, b]) => a === from && b === to));
    },
  );
});

describe('the comparison of contracts', () => {
  it('treats a new reason as no change of an output that can name any reason', () => {
    const reasons = { ...CONTRACT.reasons, NEW_REASON: 400 };
    expect(changesBetween(CONTRACT, changed({ reasons }))).toEqual(['reason NEW_REASON is new']);
    expect(JSON.stringify(CONTRACT.procedures['verify']?.output)).toContain('"$ref":"#/$defs/Reason"');
  });

  it('includes the rules that JSON Schema cannot express', () => {
    const { input } = CONTRACT.procedures['auth.signUp'] as Recorded;
    const properties = input['properties'] as Record<string, object>;
    expect(properties['password']).toMatchObject({
      also: ['must have at least 12 characters', 'must have at most 1024 bytes'],
    });
    expect(CONTRACT.procedures['sessions.revoke']?.input['also']).toEqual([
      'must be one of id, others and all',
    ]);
  });

  it('allows fields of an output that a client does not know', () => {
    const outputs = Object.values(CONTRACT.procedures).map(({ output }) => output);
    expect(JSON.stringify(outputs)).not.toContain('"additionalProperties":false');
  });
});

describe('an intended break', () => {
  const [first, again] = [
    { what: 'echo is gone', why: 'nobody called it' },
    { what: 'echo is gone', why: 'nobody called it this time either' },
  ];

  it('is new unless the contract before lists it, with the same words and reason', () => {
    expect(newBreaks(changed({ breaks: [first] }), CONTRACT)).toEqual([first]);
    expect(newBreaks(changed({ breaks: [first, again] }), changed({ breaks: [first] }))).toEqual([again]);
    expect(newBreaks(changed({ breaks: [first] }), changed({ breaks: [first] }))).toEqual([]);
  });
});
