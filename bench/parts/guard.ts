import { type Speeds, takeTurns } from '../load/contender.ts';
import { BODY, equalTo, plain, TEXT } from '../load/request.ts';
import { newHolder, requestSigner } from '../load/signed-call.ts';
import type { Plan } from '../plan.ts';
import { type ServerProcess, startServer } from '../processes/server-process.ts';
import { AUTHORITY, GUARDED, OPEN } from '../processes/servers/routes.ts';
import type { Part } from '../report/result.ts';
import { ratioOf, rowOf } from '../report/rows.ts';

const FRAMEWORKS = { express: 'Express', hono: 'Hono' };

/** A route of another framework behind the guard, which calls Keyseal each time, and the same route without it. */
export async function compareGuards({ guard }: Plan): Promise<Part> {
  const keyseal = await startServer('keyseal');
  const { services, contenders } = await start(keyseal);
  const speeds = [...(await takeTurns(contenders, guard)).entries()];
  for (const served of [...services, keyseal]) await served.stop();
  return {
    title: `POST of ${BODY.length} bytes behind a guard, beside the same route without; CPU of its own process`,
    rows: speeds.flatMap(([{ name, behind }, speed], i) => [
      rowOf(name, 'calls/s', speed.wall),
      rowOf(
        `${name}, CPU of a call`,
        'ms',
        speed.perCore.map((each) => 1000 / each),
      ),
      ...(behind ? guardedRows(name, speed, speeds[i - 1]?.[1].wall ?? []) : []),
    ]),
  };
}

const guardedRows = (name: string, { wall, behind }: Speeds, without: readonly number[]) => [
  rowOf(
    `${name}, Keyseal’s CPU of a call`,
    'ms',
    behind.map((each) => each / 1000),
  ),
  ratioOf(`${name} against without`, wall, without),
];

async function start(keyseal: ServerProcess) {
  const guardKey = await newHolder(keyseal.port, {
    permissions: ['requests:verify', 'echo:write'],
    authorities: [AUTHORITY],
  });
  const services = [];
  const contenders = [];
  const isRight = equalTo(JSON.stringify({ text: TEXT }));
  const env = {
    BENCH_KEYSEAL_PORT: String(keyseal.port),
    BENCH_API_KEY: guardKey.apiKey,
    BENCH_SIGNING_SECRET: guardKey.signingSecret,
  };
  for (const [file, framework] of Object.entries(FRAMEWORKS)) {
    const served = await startServer(file, env);
    services.push(served);
    // One key for both: a key that may call `verify` may also call, in the same workspace.
    const signed = requestSigner(guardKey, AUTHORITY, GUARDED);
    contenders.push(
      { ...served, name: `${framework}, without`, make: plain(OPEN), isRight },
      { ...served, name: `${framework}, guarded`, make: signed, isRight, behind: keyseal.cpu },
    );
  }
  return { services, contenders };
}
