import { hasten } from './clock.ts';
import { BODY, load, serve, TARGET } from './load.ts';
import type { Plan } from './plan.ts';
import { echoing } from './sealed.ts';
import { count, megabytes } from './spread.ts';

/** Six minutes of nonces pass in 36 seconds. */
const SPEED = 10;

/** Sealed calls over HTTP; what the server holds after each of some steps. */
export async function soak({ soak: { calls, steps } }: Plan): Promise<void> {
  hasten(SPEED);
  const served = await serve('keyseal');
  console.log(`\nmemory over ${count(calls)} sealed calls, its clock ${SPEED} times as fast\n`);
  for (let step = 1; step <= steps; step++) {
    // A session lasts ten minutes: one minute here.
    const headers = await echoing(served.port, TARGET, BODY);
    await load(served.port, { amount: calls / steps }, headers);
    const { heap, rss } = await served.usage();
    const done = count((calls / steps) * step).padStart(9);
    console.log(`${done} calls  heap ${megabytes(heap)} MB  rss ${megabytes(rss)} MB`);
  }
  await served.stop();
}
