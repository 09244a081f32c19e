import { cpus } from 'node:os';
import { hasten } from './clock.ts';
import { BODY, load, type Served, serve, TARGET } from './load.ts';
import { sealer } from './sealed.ts';

const ROUNDS = 5;
const WARM_UP_S = 3;
const ROUND_S = 4;
const MEMORY_CALLS = 1_000_000;
const MEMORY_STEPS = 10;
/** Six minutes of nonces pass in 36 seconds. */
const MEMORY_SPEED = 10;

interface Row {
  readonly name: string;
  readonly served: Served;
  readonly headers: () => Record<string, string>;
  /** Calls a second of the server's CPU time, one for each round. */
  readonly perCore: number[];
}

const plain = () => ({ 'content-type': 'application/json' });

await compareSpeed();
await watchMemory();

/** The three servers in turn, round after round, so that whatever disturbs the machine disturbs them alike. */
async function compareSpeed(): Promise<void> {
  const keyseal = await serve('keyseal');
  const rows: Row[] = [
    { name: 'bare node:http', served: await serve('bare'), headers: plain, perCore: [] },
    { name: 'tRPC standalone, unsecured', served: await serve('standalone'), headers: plain, perCore: [] },
    {
      name: 'Keyseal, all three proofs',
      served: keyseal,
      headers: await sealer(keyseal.port, TARGET, BODY),
      perCore: [],
    },
  ];
  for (const { served, headers } of rows) await load(served.port, { duration: WARM_UP_S }, headers);
  for (let round = 0; round < ROUNDS; round++) {
    for (const { served, headers, perCore } of rows) {
      const before = await served.usage();
      const calls = await load(served.port, { duration: ROUND_S }, headers);
      const { cpu } = await served.usage();
      perCore.push((calls * 1e6) / (cpu - before.cpu));
    }
  }
  for (const { served } of rows) served.stop();
  print(rows);
}

function print(rows: readonly Row[]): void {
  const standard = median(rows[1]?.perCore ?? []);
  console.log(
    `\nPOST ${TARGET}, ${BODY.length} bytes, on ${cpus()[0]?.model.trim()}, Node ${process.version}`,
  );
  console.log(
    `calls a second and core (median of ${ROUNDS} rounds, least to most), ratio to tRPC standalone\n`,
  );
  for (const { name, perCore } of rows) {
    const [least, middle, most] = [Math.min(...perCore), median(perCore), Math.max(...perCore)].map(
      Math.round,
    );
    const ratio = (median(perCore) / standard).toFixed(2);
    console.log(`${name.padEnd(28)} ${String(middle).padStart(7)}  (${least} to ${most})  ${ratio} ×`);
  }
}

/** A million sealed calls; what the server holds after each tenth of them. */
async function watchMemory(): Promise<void> {
  hasten(MEMORY_SPEED);
  const served = await serve('keyseal');
  console.log(`\nmemory over ${MEMORY_CALLS} sealed calls, its clock ${MEMORY_SPEED} times as fast\n`);
  for (let step = 1; step <= MEMORY_STEPS; step++) {
    // A session lasts ten minutes: one minute here.
    const headers = await sealer(served.port, TARGET, BODY);
    await load(served.port, { amount: MEMORY_CALLS / MEMORY_STEPS }, headers);
    const { heap, rss } = await served.usage();
    const calls = String((MEMORY_CALLS / MEMORY_STEPS) * step).padStart(8);
    console.log(`${calls} calls  heap ${megabytes(heap)} MB  rss ${megabytes(rss)} MB`);
  }
  served.stop();
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1024 / 1024);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
