import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import autocannon from 'autocannon';
import type { Started, Usage } from './servers/child.ts';

export const TARGET = '/api/echo';
export const BODY = JSON.stringify({ text: 'Hello from the benchmark, about as long as a small call is.' });
const CONNECTIONS = 32;

/** A server in a process of its own. */
export interface Served {
  readonly port: number;
  usage(): Promise<Usage>;
  stop(): void;
}

/** @param name of a file in `servers` */
export async function serve(name: string, env: Record<string, string> = {}): Promise<Served> {
  const file = new URL(`./servers/${name}.js`, import.meta.url);
  const execArgv = ['--expose-gc'];
  const child: ChildProcess = fork(file, { execArgv, env: { ...process.env, ...env } });
  const [{ port }] = (await once(child, 'message')) as [Started];
  const usage = async () => {
    child.send('usage');
    return ((await once(child, 'message')) as [Usage])[0];
  };
  return { port, usage, stop: () => child.kill() };
}

/**
 * Calls `echo` again and again over keep-alive connections.
 * @param limit seconds, or calls
 * @param headers made for each call
 * @returns how many were answered with 200. Throws where one was not
 */
export async function load(
  port: number,
  limit: { duration: number } | { amount: number },
  headers: () => Record<string, string>,
): Promise<number> {
  const result = await autocannon({
    url: `http://127.0.0.1:${port}`,
    connections: CONNECTIONS,
    ...limit,
    requests: [
      {
        method: 'POST',
        path: TARGET,
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
