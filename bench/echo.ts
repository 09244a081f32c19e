import { BODY, load, type Served, serve, TARGET } from './load.ts';
import type { Plan } from './plan.ts';
import { echoing } from './sealed.ts';
import { spreadOf, spreadText } from './spread.ts';

interface Row {
  readonly name: string;
  readonly served: Served;
  readonly headers: () => Record<string, string>;
  /** Calls a second of the server's CPU time, one for each round. */
  readonly perCore: number[];
}

const plain = () => ({ 'content-type': 'application/json' });

/** `echo` over HTTP: three servers in turn, so that whatever disturbs the machine disturbs them alike. */
export async function compareEcho({ echo: { rounds, warmUpS, roundS } }: Plan): Promise<void> {
  const keyseal = await serve('keyseal');
  const sealed = await echoing(keyseal.port, TARGET, BODY);
  const rows: Row[] = [
    { name: 'bare node:http', served: await serve('bare'), headers: plain, perCore: [] },
    { name: 'tRPC standalone, unsecured', served: await serve('standalone'), headers: plain, perCore: [] },
    { name: 'Keyseal, all three proofs', served: keyseal, headers: sealed, perCore: [] },
  ];
  for (const { served, headers } of rows) await load(served.port, { duration: warmUpS }, headers);
  for (let round = 0; round < rounds; round++) {
    for (const { served, headers, perCore } of rows) {
      const before = await served.usage();
      const calls = await load(served.port, { duration: roundS }, headers);
      const { cpu } = await served.usage();
      perCore.push((calls * 1e6) / (cpu - before.cpu));
    }
  }
  for (const { served } of rows) await served.stop();
  print(rows, rounds);
}

function print(rows: readonly Row[], rounds: number): void {
  const standard = spreadOf(rows[1]?.perCore ?? []).median;
  console.log(`\nPOST ${TARGET}, ${BODY.length} bytes`);
  console.log(
    `calls a second and core (median of ${rounds} rounds, least to most), ratio to tRPC standalone\n`,
  );
  for (const { name, perCore } of rows) {
    const spread = spreadOf(perCore);
    console.log(`${name.padEnd(28)} ${spreadText(spread)} ${(spread.median / standard).toFixed(2)} ×`);
  }
}
