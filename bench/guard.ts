import { BODY, load, type Served, serve } from './load.ts';
import type { Plan } from './plan.ts';
import { newHolder, sealer } from './sealed.ts';
import { AUTHORITY, GUARDED, OPEN } from './servers/routes.ts';
import { spreadOf, spreadText } from './spread.ts';

const FRAMEWORKS = { express: 'Express', hono: 'Hono' };

interface Row {
  readonly name: string;
  readonly served: Served;
  readonly target: string;
  readonly headers: () => Record<string, string>;
  /** Calls a second of time, one for each round. */
  readonly speed: number[];
  /** Milliseconds of CPU that a call took: of its own process, and of Keyseal's. */
  readonly own: number[];
  readonly keyseal: number[];
}

const plain = () => ({ 'content-type': 'application/json' });

/** A route of another framework behind the guard, which asks Keyseal for each call, beside the same route without. */
export async function compareGuards({ guard: { rounds, warmUpS, roundS } }: Plan): Promise<void> {
  const keyseal = await serve('keyseal');
  const rows = await start(keyseal);
  for (const { served, headers, target } of rows)
    await load(served.port, { duration: warmUpS }, headers, target);
  for (let round = 0; round < rounds; round++) {
    for (const row of rows) await play(row, keyseal, roundS);
  }
  for (const served of new Set(rows.map((row) => row.served))) await served.stop();
  await keyseal.stop();
  print(rows, rounds);
}

async function start(keyseal: Served): Promise<Row[]> {
  const asking = await newHolder(keyseal.port, {
    permissions: ['requests:verify', 'echo:write'],
    authorities: [AUTHORITY],
  });
  const rows: Row[] = [];
  for (const [file, framework] of Object.entries(FRAMEWORKS)) {
    const served = await serve(file, {
      BENCH_KEYSEAL_PORT: String(keyseal.port),
      BENCH_API_KEY: asking.apiKey,
      BENCH_SIGNING_SECRET: asking.signingSecret,
    });
    // Who may ask may call too: one key for both, of one workspace.
    const sealed = sealer(asking, AUTHORITY, GUARDED, BODY);
    const measured = () => ({ speed: [], own: [], keyseal: [] });
    rows.push(
      { name: `${framework}, without`, served, target: OPEN, headers: plain, ...measured() },
      { name: `${framework}, guarded`, served, target: GUARDED, headers: sealed, ...measured() },
    );
  }
  return rows;
}

async function play(row: Row, keyseal: Served, seconds: number): Promise<void> {
  const cpu = async () => [(await row.served.usage()).cpu, (await keyseal.usage()).cpu] as const;
  const [own, theirs] = await cpu();
  const before = performance.now();
  const calls = await load(row.served.port, { duration: seconds }, row.headers, row.target);
  row.speed.push((calls * 1000) / (performance.now() - before));
  const [ownAfter, theirsAfter] = await cpu();
  row.own.push((ownAfter - own) / 1000 / calls);
  row.keyseal.push((theirsAfter - theirs) / 1000 / calls);
}

function print(rows: readonly Row[], rounds: number): void {
  console.log(`\nPOST of ${BODY.length} bytes behind a guard, beside the same route without one`);
  console.log(`calls a second (median of ${rounds} rounds, least to most), ratio to the route without;`);
  console.log('milliseconds of CPU that a call takes, of its own process and of Keyseal’s\n');
  rows.forEach(({ name, speed, own, keyseal }, i) => {
    const spread = spreadOf(speed);
    const without = spreadOf(rows[i - (i % 2)]?.speed ?? []).median;
    const ms = [own, keyseal].map((each) => spreadOf(each).median.toFixed(2).padStart(6)).join(' + ');
    console.log(
      `${name.padEnd(20)} ${spreadText(spread)} ${(spread.median / without).toFixed(2)} ×  ${ms} ms`,
    );
  });
}
