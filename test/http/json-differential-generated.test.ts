import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import type { Access } from '../../shared/guard.ts';
import { type Differential, startDifferential, type UnsignedCall } from '../harness/differential.ts';
import { inputOf, inputsOf, SPARE } from '../harness/generated-inputs.ts';
import { createKey } from '../harness/people.ts';

/** A fixed seed; a failure reports the path to its case. */
const drawn = { seed: 7 };

interface Signers {
  readonly key: UnsignedCall['as'];
  readonly person: UnsignedCall['as'];
  readonly both: UnsignedCall['as'];
  /** A key that may be changed, revoked and deleted. */
  readonly spare: string;
}

let differential: Differential;
let signers: readonly [Signers, Signers];

beforeAll(async () => {
  differential = await startDifferential();
  signers = await differential.prepare(async ({ service, ada, key: { apiKey, signingSecret } }) => {
    const session = { ...ada, accessToken: ada.token, accessTokenExpiresAt: '' };
    const spare = (await createKey(service, ada)).id;
    const key = { url: '', apiKey, signingSecret };
    return { key, person: { url: '', session }, both: { ...key, session }, spare };
  });
});
afterAll(() => differential.service.stop());

/** The caller that each guard admits. */
const SIGNER: Record<Access, (signers: Signers) => UnsignedCall['as']> = {
  public: () => ({ url: '' }),
  session: ({ person }) => person,
  user: ({ person }) => person,
  key: ({ key }) => key,
  'key-for-user': ({ both }) => both,
  'key-or-user': ({ key }) => key,
  any: ({ key }) => key,
};

/** These remove the credentials of all other calls. */
const LEFT_OUT = ['auth.signOut', 'auth.deleteAccount', 'workspaces.delete'];
/** The records of one batch, and its lines in the request log, are written in the order in which its calls end. */
const LEFT_OUT_OF_BATCHES = ['audit.list', 'requests.list'];

const NAMES = [...builtInApi.procedures]
  .filter(([name, { type }]) => type !== 'subscription' && !LEFT_OUT.includes(name))
  .map(([name]) => name);

const batchable = (type: 'query' | 'mutation') =>
  NAMES.filter((name) => {
    const procedure = builtInApi.procedures.get(name);
    const open = ['public', 'session'].includes(procedure?.guard.access ?? '');
    return (
      procedure?.type === type &&
      !open &&
      procedure.guard.batch !== false &&
      !LEFT_OUT_OF_BATCHES.includes(name)
    );
  });

/** The same in both worlds. */
function asked(
  name: string,
  request: (spared: (text: string) => string) => Omit<UnsignedCall, 'as'>,
): readonly [UnsignedCall, UnsignedCall] {
  const access = builtInApi.procedures.get(name)?.guard.access ?? 'any';
  const [one, other] = signers;
  const of = (each: Signers) => ({
    as: SIGNER[access](each),
    ...request((whole) => whole.replaceAll(SPARE, each.spare)),
  });
  return [of(one), of(other)];
}

it('the server answers any JSON for any procedure as tRPC does', async () => {
  const call = fc.constantFrom(...NAMES).chain((name) => fc.tuple(fc.constant(name), inputOf(name)));
  const property = fc.asyncProperty(call, async ([name, input]) => {
    const pair = asked(name, (spared) =>
      builtInApi.procedures.get(name)?.type === 'mutation'
        ? { target: `/api/${name}`, body: spared(input) }
        : { target: `/api/${name}?input=${encodeURIComponent(spared(input))}` },
    );
    expect((await differential.compare(pair)).ran).toBe(true);
  });
  await fc.assert(property, { ...drawn, numRuns: 300 });
});

it('the server answers any batch as tRPC does', async () => {
  const of = (type: 'query' | 'mutation', selector?: (name: string) => unknown) =>
    (selector
      ? fc.uniqueArray(fc.constantFrom(...batchable(type)), { minLength: 1, maxLength: 6, selector })
      : fc.array(fc.constantFrom(...batchable(type)), { minLength: 1, maxLength: 6 })
    ).chain((names) => fc.tuple(fc.constant(type), fc.constant(names), inputsOf(names)));
  const by = fc.constantFrom<Access>('key', 'key', 'key-for-user', 'user');
  // The order in a list of two things that are created at once is undefined.
  const batch = fc.oneof(
    of('query'),
    of('mutation', (name) => name),
  );
  const property = fc.asyncProperty(batch, by, async ([type, names, inputs], access) => {
    const target = `/api/${names.join(',')}?batch=1`;
    const request = (spared: string) =>
      type === 'mutation'
        ? { target, body: spared }
        : { target: `${target}&input=${encodeURIComponent(spared)}` };
    const [one, other] = signers;
    const pair = [one, other].map((each) => ({
      as: SIGNER[access](each),
      ...request(inputs.replaceAll(SPARE, each.spare)),
    }));
    expect((await differential.compare(pair as [UnsignedCall, UnsignedCall])).ran).toBe(true);
  });
  await fc.assert(property, { ...drawn, numRuns: 250 });
});

/** Valid JSON that is cut, doubled or changed somewhere, and arbitrary bytes. */
const bytes = fc.oneof(
  fc
    .tuple(fc.string({ unit: 'grapheme' }), fc.nat(60), fc.nat(4), fc.uint8Array({ maxLength: 4 }))
    .map(([said, at, gone, put]) => {
      const right = Buffer.from(JSON.stringify({ text: said }));
      const from = at % (right.length + 1);
      return Buffer.concat([right.subarray(0, from), put, right.subarray(from + gone)]);
    }),
  fc.string({ unit: 'binary', maxLength: 40 }).map((whole) => Buffer.from(whole)),
  fc.uint8Array({ maxLength: 40 }).map((whole) => Buffer.from(whole)),
);

it('the server answers any bytes for a body as tRPC does', async () => {
  const property = fc.asyncProperty(bytes, fc.boolean(), async (body, batch) => {
    const pair = asked('echo', () => ({ target: `/api/echo${batch ? '?batch=1' : ''}`, body }));
    if (isUtf8(body)) return void (await differential.compare(pair));
    // tRPC would repair them.
    const { direct } = await differential.answers(pair);
    expect([direct.status, direct.reason]).toEqual([400, 'INPUT_INVALID']);
  });
  await fc.assert(property, { ...drawn, numRuns: 250 });
});

/** The pieces of a query, among them some that a URL parser reads differently. */
const PIECES = [
  ...['?', '&', '=', ';', '+', '%', '%2', '%zz', '%00', '%26', '%3D', '%3F', '%ff', '%EF%BB%BF', '%ed%a0%80'],
  ...[
    'input',
    'input=',
    '&input=',
    'batch',
    '&batch=1',
    'batch=1',
    '%62atch=1',
    '[input]',
    'INPUT=1',
    '|',
    '^',
    '`',
  ],
  ...[
    '"',
    "'",
    '<',
    '>',
    '{',
    '}',
    '%7B%7D',
    '%7b%22name%22%3a%22a%22%7d',
    '7',
    'null',
    ',',
    ':',
    '@',
    '/',
    '//',
  ],
];

it('the server answers any query as tRPC does', async () => {
  const piece = fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) },
  );
  const query = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(''));
  const property = fc.asyncProperty(
    fc.constantFrom('exemple', 'exemple,whoami', 'whoami'),
    query,
    async (path, rest) => {
      await differential.compare(asked('exemple', () => ({ target: `/api/${path}?${rest}` })));
    },
  );
  await fc.assert(property, { ...drawn, numRuns: 500 });
});
