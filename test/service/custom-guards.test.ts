import { initTRPC } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { createService } from '../../sdk/create-service.ts';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry as describeApi } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send, sign } from '../harness/wire.ts';

/** As plain JavaScript calls it, without types. */
const untyped = createProcedure(['notes:write']) as unknown as (guard: unknown) => {
  query(resolver: () => unknown): never;
  meta(meta: unknown): { query(resolver: () => unknown): never };
};
const startWith = (guard: unknown) =>
  createService({ routes: { notes: { add: untyped(guard).query(() => 1) } } });

describe('A5: a wrong guard', () => {
  it.each([
    [{ access: 'any', cost: -5 }, /cost is -5: it must be a whole number from 0 to 1000000000/],
    [{ access: 'any', cost: 0.5 }, /cost is 0\.5/],
    [{ access: 'any', cost: Number.NaN }, /cost is NaN/],
    [{ access: 'any', cost: -0 }, /cost is -0/],
    [{ access: 'any', cost: 1e308 }, /cost is 1e\+308/],
    [{ access: 'any', cost: Number.POSITIVE_INFINITY }, /cost is Infinity/],
    [{ access: 'any', cost: 1_000_000_001 }, /cost is 1000000001/],
    [{ access: 'any', cost: '5' }, /cost is "5"/],
    [{ access: 'any', cost: null }, /cost is null/],
    [{ access: 'any', cost: undefined }, /cost is missing/],
    [{ access: 'any', coste: 5 }, /member coste/],
    [{ access: 'any', permissions: 'notes:write' }, /member permissions/],
    [{ access: 'any', permission: undefined }, /permission is missing/],
    [{ access: 'any', permission: '' }, /permission is ""/],
    [{ access: 'any', permission: ['notes:write'] }, /permission is an object/],
    [{ access: 'any', permission: 'notes:*' }, /permission is "notes:\*"/],
    [{ access: 'key' }, /permission is missing/],
    [{ access: 'key-for-user' }, /permission is missing/],
    [{ access: 'key-or-user', cost: 1 }, /permission is missing/],
    [{ access: 'user', cost: 1 }, /member cost, which access "user" does not take/],
    [{ access: 'user', environment: 'live' }, /member environment/],
    [{ access: 'keys', permission: 'notes:write' }, /access is "keys"/],
    [{ access: 'Any' }, /access is "Any"/],
    [{ access: 'constructor' }, /access is "constructor"/],
    [{ access: true }, /access is true/],
    [{ access: 'any', environment: 'prod' }, /environment is "prod": it must be/],
    [{ access: 'any', batch: true }, /batch is true: it must be false/],
    [{ access: 'any', description: 7 }, /description is 7/],
    [{ access: 'any', refusals: ['NO_REASON'] }, /refusals is an object: it must be a list of reasons/],
    [{ access: 'any', example: 'x' }, /example is "x": it must be \{ input, output \}/],
    [{ access: 'any', example: { in: 1 } }, /example is an object/],
    [{ access: 'any', shapes: null }, /shapes is null/],
    [{}, /declares no guard/],
    [undefined, /declares no guard/],
    [{ access: 'public' }, /is open/],
    [{ access: 'any', permission: 'other:read' }, /requires the permission other:read/],
  ])('%j is refused at start, and the procedure is named', (guard, message) => {
    expect(() => startWith(guard)).toThrow(message);
    expect(() => startWith(guard)).toThrow('notes.add');
  });

  it.each([
    { access: 'any' },
    { access: 'any', cost: 0, environment: 'live', permission: 'exemple:read' },
    { access: 'user', description: 'What it does.', refusals: ['CONFLICT'], example: { input: {} } },
    { access: 'key-for-user', permission: 'exemple:read', cost: 1_000_000_000 },
  ])('%j is accepted', (guard) => {
    expect(() => startWith(guard)).not.toThrow();
  });

  it('that replaces a valid one, or is added to it, is refused', () => {
    const changed = untyped({ access: 'any', cost: -5 }).meta({ cost: 1 });
    expect(() => createService({ routes: { x: changed.query(() => 1) } })).toThrow(
      /x must begin with procedure/,
    );
    // Built by another tRPC: it declares a guard that is never checked.
    const t = initTRPC.meta<object>().create();
    const foreign = t.procedure.meta({ access: 'any' }).query(() => 1);
    expect(() => createService({ routes: { x: foreign } })).toThrow(/x must begin with procedure/);
  });

  it('cannot be made by changing a valid one after its check', () => {
    const guard = { access: 'any', cost: 1 };
    const made = untyped(guard).query(() => 1);
    guard.cost = -5;
    const described = describeApi(router({ made })).procedures.get('made')?.guard;
    expect(described).toEqual({ access: 'any', cost: 1 });
    expect(Object.isFrozen(described)).toBe(true);
  });
});

describe('A5: a wrong option of createService', () => {
  const start = createService as (options: unknown) => unknown;
  it.each([
    [undefined, 'createService requires an object { routes, permissions, config }.'],
    [{}, 'The option routes of createService must be a record of procedures'],
    [{ routes: {}, permission: ['notes:write'] }, 'has no option permission'],
    [{ routes: {}, permissions: 'notes:write' }, 'permissions of createService must be a list of strings'],
    [{ routes: {}, permissions: [7] }, 'permissions of createService must be a list of strings'],
    [{ routes: {}, config: { KEYSEAL_TRUSTED_PROXY: '10.0.0.1' } }, 'no variable KEYSEAL_TRUSTED_PROXY'],
    [{ routes: {}, config: { PORT: 4000 } }, 'The variable PORT must be a string'],
    [{ routes: {}, config: [] }, 'The option config of createService must be variables'],
  ])('%j is refused, and named', (options, message) => {
    expect(() => start(options)).toThrow(message);
    expect(() => start(options)).toThrow(TypeError);
  });
});

describe('A5: numbers in input', () => {
  let service: TestService;
  beforeAll(async () => {
    const one = createProcedure([])({ access: 'any', cost: 3 }).query(() => 1);
    service = await startTestService({ api: describeApi(router({ ...routes, one })) });
  });
  afterAll(() => service.stop());

  const called = (name: string, body: string) =>
    send(service.port, sign(service.demo, `/api/${name}`, { authority: service.authority, body }));

  it('never increase credits', async () => {
    const ada = await signUp(service);
    const metered = await createKey(service, ada, {
      permissions: ['exemple:read'],
      credits: { remaining: 4 },
    });
    const one = () => send(service.port, sign(metered, '/api/one', { authority: service.authority }));
    expect([(await one()).status, (await one()).reason]).toEqual([200, 'CREDITS_EXHAUSTED']);
  });

  it.each(['-5', '0.5', '1e308', '1e999', '"5"', 'null', '9007199254740993', '1000000001'])(
    'a cost of %s is INPUT_INVALID for verify',
    async (cost) => {
      const asked = `{"method":"GET","authority":"a.example","target":"/","headers":[],"bodySha256":"${'0'.repeat(64)}","cost":${cost}}`;
      const { reason, json } = await called('verify', asked);
      expect([reason, json.error.data.issues[0].path]).toEqual(['INPUT_INVALID', 'cost']);
    },
  );

  it.each(['-1', '0', '0.5', '1e308', '-0', 'null', '"1"'])(
    'a limit of %s is INPUT_INVALID',
    async (limit) => {
      const made = { name: 'a', environment: 'live', permissions: ['exemple:read'], limits: 'LIMITS' };
      const limits = `[{"name":"a","limit":${limit},"windowSeconds":60}]`;
      const { reason } = await called('keys.create', JSON.stringify(made).replace('"LIMITS"', limits));
      expect(reason).toBe('INPUT_INVALID');
    },
  );

  it.each(['-1', '0.5', '1e308', 'null', '"1"'])('credits of %s are INPUT_INVALID', async (remaining) => {
    const made = { name: 'a', environment: 'live', permissions: ['exemple:read'], credits: 'CREDITS' };
    const credits = `{"remaining":${remaining}}`;
    const { reason } = await called('keys.create', JSON.stringify(made).replace('"CREDITS"', credits));
    expect(reason).toBe('INPUT_INVALID');
  });
});
