import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { builtInApi } from '../../server/app/router.ts';
import { CALLS } from '../contract/calls.ts';
import { type Differential, startDifferential } from '../harness/differential.ts';
import { both, isJson, json, preparedFor } from '../harness/differential-calls.ts';
import { ODD, UNWRITABLE } from '../harness/edge-case-outputs.ts';

/** Whether the middlewares of a call are run by tRPC itself, and how many calls were. */
const trpc = vi.hoisted(() => ({ isRunning: false, calls: 0 }));

type Original = typeof import('../../server/rpc/middleware-runner.ts');
interface Called {
  readonly _def: { readonly meta: unknown };
  readonly args: readonly [object & { readonly signal: unknown }];
  /** tRPC's own runner of the same procedure. It pays no credits; no caller below has any. */
  readonly invoke: (call: object) => Promise<unknown>;
}

vi.mock('../../server/rpc/middleware-runner.ts', async (original) => {
  const { middlewareRunner } = await original<Original>();
  return {
    middlewareRunner: (...options: Parameters<typeof middlewareRunner>) => {
      const run = middlewareRunner(...options);
      return (called: Called) => {
        if (!trpc.isRunning) return run(called);
        trpc.calls++;
        const [call] = called.args;
        // tRPC copies the call, and a copy has no getters.
        return called.invoke({ ...call, signal: call.signal });
      };
    },
  };
});

let differential: Differential;

beforeAll(async () => {
  differential = await startDifferential();
});
afterAll(() => differential.service.stop());

/** Sends a call to our runner and to tRPC's; how many procedures tRPC's has run. */
async function compare(asked: Parameters<Differential['compareReplaced']>[0]): Promise<number> {
  const before = trpc.calls;
  await differential.compareReplaced(asked, (isReplaced) => {
    trpc.isRunning = isReplaced;
  });
  return trpc.calls - before;
}

const jsonCalls = CALLS.filter(([name]) => builtInApi.procedures.get(name)?.type !== 'subscription');

describe.each(jsonCalls)('%s, %s', (name, _, prepared) => {
  it('ends as with tRPC’s runner', async () => {
    const calls = await preparedFor(differential, name, prepared);
    for (const text of ['7', '{"no such field":1}', '{'])
      expect(await compare(both(name, calls, () => text))).toBeLessThanOrEqual(1);
    if (calls[0].refused) await compare(both(name, calls, ({ refused }) => json(refused?.[0])));
    if (isJson(calls[0])) expect(await compare(both(name, calls, ({ input }) => json(input)))).toBe(1);
  });
});

describe('our runner gives the result of tRPC’s for', () => {
  it.each(Object.keys({ ...ODD, ...UNWRITABLE }))('%s', async (name) => {
    const callers = await differential.prepare(({ key }) => ({ url: '', ...key }));
    const at = (target: string) =>
      [
        { as: callers[0], target },
        { as: callers[1], target },
      ] as const;
    expect(await compare(at(`/api/odd.${name}`))).toBe(1);
    expect(await compare(at(`/api/odd.${name},whoami,profile?batch=1`))).toBe(3);
  });
});
