import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { CALLS } from '../contract/calls.ts';
import { type Differential, startDifferential } from '../harness/differential.ts';
import { both, isJson, json, preparedFor } from '../harness/differential-calls.ts';
import { ODD, STREAMED, UNWRITABLE } from '../harness/edge-case-outputs.ts';

let differential: Differential;

beforeAll(async () => {
  differential = await startDifferential();
});
afterAll(() => differential.service.stop());

/** Inputs that are wrong for nearly every procedure, derived from the right one. */
const WRONG: readonly ((right: unknown) => string | undefined)[] = [
  () => '7',
  () => '"text"',
  () => 'false',
  () => '[]',
  () => '{"no such field":1}',
  () => '{',
  () => ' ',
  () => 'nonsense',
  () => "{'id':1}",
  () => '{"id":1,}',
  () => '\ufeff{"id":[]}',
  () => '\u00a0{}',
  () => '{"__proto__":{"polluted":1}}',
  () => '{"constructor":{"prototype":null},"toString":1}',
  () => '{"id":1e999,"name":-0,"limit":9007199254740993}',
  () => '{"id":"\\ud800","name":"\\udc00","text":1}',
  () => '{"id":"a","id":7}',
  () => '{"id":null,"name":null,"text":null}',
  () => `${'['.repeat(3000)}${']'.repeat(3000)}`,
  () => `{"id":${'{"a":'.repeat(3000)}1${'}'.repeat(3000)}}`,
  (right) => JSON.stringify([right]),
  (right) => JSON.stringify({ ...(right as object), more: 1 }),
  (right) => JSON.stringify({ ...(right as object), '__proto__ ': 1 }).replace('__proto__ ', '__proto__'),
  (right) => JSON.stringify(JSON.stringify(right) ?? ''),
];

/** Valid inputs for a procedure without input. */
const NONE = [undefined, '', 'null', '{}'];

it('every procedure is called by one of these tests', () => {
  expect([...new Set(CALLS.map(([name]) => name))].sort()).toEqual([...builtInApi.procedures.keys()].sort());
});

describe.each(CALLS)('%s, %s', (name, _, prepared) => {
  const isStream = builtInApi.procedures.get(name)?.type === 'subscription';

  it('is answered as by tRPC, with a valid input and invalid ones of its own', async () => {
    const calls = await preparedFor(differential, name, prepared);
    if (calls[0].refused) {
      const { ran } = await differential.compare(both(name, calls, ({ refused }) => json(refused?.[0])));
      expect(ran).toBe(!isStream);
    }
    if (isStream || !isJson(calls[0])) return;
    const { direct, ran } = await differential.compare(both(name, calls, ({ input }) => json(input)));
    expect([ran, direct.status]).toEqual([true, 200]);
  });

  it('is answered as by tRPC, with every kind of invalid input', async () => {
    const calls = await preparedFor(differential, name, prepared);
    for (const make of WRONG) await differential.compare(both(name, calls, ({ input }) => make(input)));
    // Successful calls change state, so they come last.
    for (const none of isStream ? ['null'] : NONE) await differential.compare(both(name, calls, () => none));
  });
});

describe('the server gives tRPC’s responses and errors for', () => {
  const byKey = () => differential.prepare(({ key }) => ({ as: { url: '', ...key } }));
  const odd = async (target: string) => {
    const [a, b] = await byKey();
    return [
      { ...a, target },
      { ...b, target },
    ] as const;
  };

  it.each(Object.keys(ODD))('%s', async (name) => {
    expect((await differential.compare(await odd(`/api/odd.${name}`))).ran).toBe(true);
    expect((await differential.compare(await odd(`/api/odd.${name},whoami?batch=1`))).ran).toBe(true);
  });

  it('all of them at once, in batches', async () => {
    const names = Object.keys(ODD).map((name) => `odd.${name}`);
    for (const some of [names.slice(0, 12), names.slice(12), names.slice(-20), names.slice(-20).reverse()])
      expect((await differential.compare(await odd(`/api/${some.join(',')}?batch=1`))).ran).toBe(true);
  });

  // By the time tRPC answers here, it has given up the call and does not say which one it was.
  it.each(Object.keys({ ...UNWRITABLE, ...STREAMED }))('%s, which is refused by name', async (name) => {
    const { direct, viaTrpc } = await differential.answers(await odd(`/api/odd.${name}`));
    const { path, requestId, ...rest } = direct.json.error.data;
    expect(path).toBe(`odd.${name}`);
    expect(rest).toEqual({ ...viaTrpc.json.error.data, requestId: undefined });
    expect([direct.status, direct.json.error.message]).toEqual([viaTrpc.status, viaTrpc.json.error.message]);
  });

  it.each(Object.keys(STREAMED))('%s, in a batch', async (name) => {
    await differential.compare(await odd(`/api/whoami,odd.${name}?batch=1`));
  });
});
