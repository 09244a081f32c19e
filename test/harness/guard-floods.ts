import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { GuardOptions } from '../../client/guard/index.ts';
import type { Vitals } from './guarded-process.ts';
import { rawConnection } from './raw.ts';

/** Guarded services in a process of their own, with its vital signs. */
export interface GuardProcess {
  /** By the name of the framework. */
  readonly ports: Readonly<Record<string, number>>;
  readonly isAlive: () => boolean;
  readonly vitals: () => Promise<Vitals>;
  /** What it wrote to stderr: warnings of leaked listeners, and why it died. */
  readonly stderr: () => string;
  readonly stop: () => Promise<void>;
}

export async function startGuards(options: Partial<GuardOptions>): Promise<GuardProcess> {
  const child: ChildProcess = fork(join(import.meta.dirname, 'guarded-process.ts'), [], {
    execArgv: ['--import', 'tsx', '--expose-gc'],
    env: { PATH: process.env['PATH'], GUARD: JSON.stringify(options) },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [ports] = await once(child, 'message');
  return {
    ports,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    stderr: () => stderr,
    vitals: async () => {
      const answer = once(child, 'message');
      child.send('vitals');
      return (await answer)[0];
    },
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** What is sent, and whether the sender then waits for an answer, ends its side, or resets the connection. */
export interface Flood {
  readonly name: string;
  readonly bytes: string | Buffer;
  readonly ending: 'wait' | 'end' | 'reset';
}

/** Headers that pass every local check, without a valid signature: the body is read. @param host of the guard */
export function passingHead(host: string, apiKey: string, more: string, method = 'POST'): string {
  const id = apiKey.split('_')[2];
  const t = Math.floor(Date.now() / 1000);
  const signature = `v1,k=${id},t=${t},n=${'n'.repeat(22)},s=${'0'.repeat(64)}`;
  return `${method} /orders HTTP/1.1\r\nhost: ${host}\r\nauthorization: Bearer ${apiKey}\r\nx-signature: ${signature}\r\n${more}\r\n\r\n`;
}

/** Bodies that no guard admits, with proofs that make it read them and without. @param limit bytes of a body */
export function floods(host: string, apiKey: string, limit: number): readonly Flood[] {
  const over = 'x'.repeat(limit + 1);
  const chunked = 'transfer-encoding: chunked';
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
  const passing = (more: string) => passingHead(host, apiKey, more);
  const bare = (more: string) => `POST /orders HTTP/1.1\r\nhost: ${host}\r\n${more}\r\n\r\n`;
  const heads = [
    ['with proofs', passing],
    ['without', bare],
  ] as const;
  return heads.flatMap(([proofs, head]): Flood[] => [
    { name: `limit + 1, ${proofs}`, bytes: head(`content-length: ${over.length}`) + over, ending: 'wait' },
    {
      name: `limit + 1, chunked, ${proofs}`,
      bytes: `${head(chunked)}${chunk(over)}0\r\n\r\n`,
      ending: 'wait',
    },
    {
      name: `limit + 1 in small chunks, ${proofs}`,
      bytes: `${head(chunked)}${chunk('xy').repeat(limit / 2 + 1)}0\r\n\r\n`,
      ending: 'wait',
    },
    {
      name: `with trailers, ${proofs}`,
      bytes: `${head(chunked)}${chunk('{}')}0\r\na: b\r\n\r\n`,
      ending: 'wait',
    },
    { name: `cut short, ${proofs}`, bytes: `${head('content-length: 100')}{}`, ending: 'end' },
    { name: `aborted midway, ${proofs}`, bytes: `${head(chunked)}${chunk('xy')}`, ending: 'reset' },
    {
      name: `over the limit and aborted, ${proofs}`,
      bytes: head(chunked) + chunk(over),
      ending: 'reset',
    },
    { name: `a broken chunk, ${proofs}`, bytes: `${head(chunked)}zz\r\nxy`, ending: 'wait' },
  ]);
}

/** Sends a flood once. @returns all that came back */
export async function sendFlood(port: number, { bytes, ending }: Flood): Promise<string> {
  const connection = await rawConnection(port);
  connection.socket.write(bytes);
  if (ending === 'end') connection.socket.end();
  if (ending === 'reset') connection.socket.resetAndDestroy();
  if (ending === 'wait') await connection.until((text) => /\r\n\r\n\{.*\}$/s.test(text));
  else await connection.closed;
  connection.socket.destroy();
  return connection.text();
}
