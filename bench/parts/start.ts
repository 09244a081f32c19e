import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { environmentOn, localEnvironment } from '../fixtures/setting.ts';
import { load } from '../load/load.ts';
import { answerOf, equalTo, TARGET, TEXT } from '../load/request.ts';
import { newHolder, requestSigner } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { stopsOnCleanup } from '../processes/cleanup.ts';
import { runFolder } from '../processes/folder.ts';
import { keysDatabase } from '../processes/postgres.ts';
import type { Part } from '../report/result.ts';
import { rowOf } from '../report/rows.ts';
import { count } from '../report/stats.ts';

const MAIN = fileURLToPath(new URL('../../server/main.js', import.meta.url));
const POLL_MS = 5;
const LONGEST_MS = 60_000;
/** Signed calls before PGlite is stopped: their counts and nonces are part of the data. */
const CALLS = 2_000;

/** From starting the process until `/readyz` reports ready, for each startup except the first, which prepares the data. */
export async function measureStart({ starts, many, verify }: Plan): Promise<Part> {
  const onPostgres = environmentOn(await keysDatabase({ usable: verify.callers, total: many.total }));
  const onPglite = localEnvironment(await runFolder());
  const first = await startOnce(onPglite);
  await use(first.port);
  await first.stop();
  await (await startOnce(onPostgres)).stop();
  const took = { postgres: [] as number[], pglite: [] as number[] };
  for (let start = 0; start < starts; start++) {
    took.postgres.push(await timed(onPostgres));
    took.pglite.push(await timed(onPglite));
  }
  return {
    title: `${starts} starts of each in turn, after a clean stop; ${count(many.total)} keys on Postgres, ${count(CALLS)} calls on PGlite`,
    rows: [
      rowOf('on Postgres', 's', took.postgres, 'start on Postgres'),
      rowOf('on PGlite', 's', took.pglite, 'start on PGlite'),
    ],
  };
}

async function timed(env: Record<string, string>): Promise<number> {
  const { seconds, stop } = await startOnce(env);
  await stop();
  return seconds;
}

/** Starts the built service as in production. */
async function startOnce(env: Record<string, string>) {
  const port = await freePort();
  const begun = performance.now();
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const stop = stopsOnCleanup(child);
  await ready(port, child);
  return { port, seconds: (performance.now() - begun) / 1000, stop };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}

async function ready(port: number, child: ChildProcess): Promise<void> {
  const until = performance.now() + LONGEST_MS;
  while ((await statusOf(port)) !== 200) {
    if (child.exitCode !== null) throw new Error(`the service ended with ${child.exitCode}`);
    if (performance.now() > until) throw new Error('the service did not become ready');
    await wait(POLL_MS);
  }
}

/** The status; 0 if nothing responds. */
function statusOf(port: number): Promise<number> {
  return new Promise((resolve) => {
    const request = get({ port, host: '127.0.0.1', path: '/readyz', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    request.on('error', () => resolve(0));
  });
}

async function use(port: number): Promise<void> {
  const holder = await newHolder(port);
  const { id: keyId, userId } = holder;
  const make = requestSigner(holder, `localhost:${port}`, TARGET);
  await load({ port, make, isRight: equalTo(answerOf({ text: TEXT, caller: { keyId, userId } })) }, CALLS);
}
