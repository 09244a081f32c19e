import { speedUpClock } from '../fixtures/clock.ts';
import { load, type Target } from '../load/load.ts';
import { answerOf, equalTo, TARGET, TEXT } from '../load/request.ts';
import { newHolder, requestSigner } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { startServer } from '../processes/server-process.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';
import { count, megabytes } from '../report/stats.ts';

/** Six minutes of nonces pass in 36 seconds. */
const SPEED = 10;
/** Calls that are signed at once: sent long before they are too old. */
const AT_ONCE = 20_000;
/** A session lasts ten minutes: one minute here. */
const SESSION_MS = 20_000;
/** Of ten steps: those after which memory is full, and those that are compared with them. */
const FULL_AT = [1, 4];

/** What the server holds after each step of many signed calls over HTTP: nonces in memory, with a clock that runs faster. */
export async function soak({ soak: { calls, steps } }: Plan): Promise<Part> {
  speedUpClock(SPEED);
  const served = await startServer('keyseal');
  const target = targetsOf(served.port);
  const rows: Row[] = [];
  const heaps: number[] = [];
  for (let step = 1; step <= steps; step++) {
    for (let done = 0; done < calls / steps; done += AT_ONCE) {
      await load(await target(), Math.min(AT_ONCE, calls / steps - done));
    }
    const { heap, external, rss, outstanding } = await served.memory();
    heaps.push(heap + external);
    const name = `after ${count((calls / steps) * step)} calls`;
    rows.push(
      rowOf(`heap and beside it, ${name}`, 'MB', [megabytes(heap + external)]),
      rowOf(`resident, ${name}`, 'MB', [megabytes(rss)]),
      rowOf(`held, ${name}`, 'nonces', [outstanding]),
    );
    console.log(`${name}: heap ${Math.round(megabytes(heap))} MB, resident ${Math.round(megabytes(rss))} MB`);
  }
  await served.stop();
  const early = Math.max(...heaps.slice(...FULL_AT));
  rows.push(
    ratioOf('heap at the end against the first tenths', heaps.slice(-1), [early], 'heap after a soak'),
  );
  return { title: `${count(calls)} signed calls over HTTP, the clock ${SPEED} times as fast`, rows };
}

/** A caller, replaced by another before their session ends. */
function targetsOf(port: number): () => Promise<Target> {
  let target: Target | undefined;
  let until = 0;
  return async () => {
    if (target && performance.now() < until) return target;
    const holder = await newHolder(port);
    const { id, userId } = holder;
    const make = requestSigner(holder, `localhost:${port}`, TARGET);
    until = performance.now() + SESSION_MS;
    target = { port, make, isRight: equalTo(answerOf({ text: TEXT, caller: { keyId: id, userId } })) };
    return target;
  };
}
