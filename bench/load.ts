import autocannon from 'autocannon';
import { runFolder } from './folder.ts';
import { forkFile } from './forked.ts';
import type { Started, Usage } from './servers/child.ts';

export const TARGET = '/api/echo';
export const BODY = JSON.stringify({ text: 'Hello from the benchmark, about as long as a small call is.' });
const CONNECTIONS = 32;

/** A server in a process of its own. */
export interface Served {
  readonly port: number;
  usage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** @param name of a file in `servers` */
export async function serve(name: string, env: Record<string, string> = {}): Promise<Served> {
  const file = new URL(`./servers/${name}.js`, import.meta.url);
  const { ready, ask, stop } = await forkFile<Started>(file, {
    BENCH_FOLDER: await runFolder(),
    ...env,
  });
  return { port: ready.port, usage: () => ask<Usage>('usage'), stop };
}

/**
 * Posts again and again over keep-alive connections.
 * @param limit seconds, or calls
 * @param headers made for each call
 * @returns how many were answered with 200. Throws where one was not
 */
export async function load(
  port: number,
  limit: { duration: number } | { amount: number },
  headers: () => Record<string, string>,
  target = TARGET,
): Promise<number> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    ...limit,
    requests: [
      {
        method: 'POST',
        path: target,
        body: BODY,
        setupRequest: (request) => ({ ...request, headers: headers() }),
      },
    ],
  });
  if (result.non2xx + result.errors + result.timeouts > 0) {
    throw new Error(
      `${result.non2xx} refused, ${result.errors} broken, ${result.timeouts} without an answer`,
    );
  }
  return result['2xx'];
}
