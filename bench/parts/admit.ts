import type { RoundCost } from '../load/rounds.ts';
import type { Plan } from '../plan.ts';
import { pin } from '../processes/cores.ts';
import { runFolder } from '../processes/folder.ts';
import { undisturbed } from '../processes/foreign-load.ts';
import { forkFile } from '../processes/forked.ts';
import type { AimName } from '../report/aims.ts';
import type { Part, Row } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';

const IN_FLIGHT = 64;
const ED25519 = 'a key, RFC 9421 by Ed25519';
const VERIFY = 'crypto.verify alone, Ed25519';
const OWN = 'a key for a user';
const FOREIGN = 'a key for a person of an identity provider';
const KINDS: Readonly<Record<string, AimName | undefined>> = {
  'a key': 'admitted',
  [OWN]: undefined,
  [FOREIGN]: undefined,
  'a key, RFC 9421 by HMAC': undefined,
  [ED25519]: undefined,
  [VERIFY]: undefined,
};
/** Bearer tokens that the gate refuses. */
const REFUSED: Readonly<Record<string, AimName | undefined>> = {
  'a key with a wrong checksum': 'a wrong checksum',
  'a made-up key': undefined,
};

interface Admitted {
  readonly kind: string;
  readonly aim: AimName | undefined;
  readonly took: RoundCost[];
}

/** `gate.admit` of a running service, without HTTP: API key, signature, nonce, and the user token if there is one. */
export async function admitInProcess({ admit: { rounds, calls } }: Plan): Promise<Part> {
  const env = { BENCH_FOLDER: await runFolder() };
  const service = await forkFile(new URL('../processes/inside/admission.js', import.meta.url), env);
  const unpin = pin([service.pid]);
  const runRound = (kind: string) => service.request<RoundCost>({ kind, calls, inFlight: IN_FLIGHT });
  const took: Admitted[] = Object.entries(KINDS).map(([kind, aim]) => ({
    kind,
    aim,
    took: [] as RoundCost[],
  }));
  for (const { kind } of took) await runRound(kind);
  for (let round = 0; round < rounds; round++) {
    for (const each of took) each.took.push(await undisturbed(() => runRound(each.kind)));
  }
  const refused: Row[] = [];
  for (const [kind, aim] of Object.entries(REFUSED)) {
    await runRound(kind);
    const took: number[] = [];
    for (let round = 0; round < rounds; round++)
      took.push(((await undisturbed(() => runRound(kind))).cpu / calls) * 1e6);
    refused.push(rowOf(`${kind}, refused`, 'µs', took, aim));
  }
  unpin();
  await service.stop();
  const cpuOf = (wanted: string) =>
    took.find(({ kind }) => kind === wanted)?.took.map(({ cpu }) => cpu) ?? [];
  return {
    title: `admission in process, warm, ${IN_FLIGHT} in flight, nonces in memory, ${rounds} rounds`,
    rows: [
      ...admittedRows(took, calls),
      ratioOf(`${ED25519}, against ${VERIFY}`, cpuOf(ED25519), cpuOf(VERIFY), 'Ed25519 by crypto.verify'),
      ratioOf(`${FOREIGN}, against ${OWN}`, cpuOf(FOREIGN), cpuOf(OWN), 'foreign by own'),
      ...refused,
    ],
  };
}

/** For each kind, the admissions per second of a core and of wall-clock time. */
function admittedRows(took: readonly Admitted[], calls: number): Row[] {
  return took.flatMap(({ kind, aim, took }) => [
    rowOf(
      kind,
      'calls/s per core',
      took.map(({ cpu }) => calls / cpu),
      aim,
    ),
    rowOf(
      `${kind}, of time`,
      'calls/s',
      took.map(({ wall }) => calls / wall),
    ),
  ]);
}
