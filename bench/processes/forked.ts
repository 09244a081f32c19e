import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { atTheEnd } from './cleanup.ts';

/** A process of the benchmark's own, that answers messages one after the other. */
export interface Forked<Ready> {
  /** What it said when it was ready. */
  readonly ready: Ready;
  readonly pid: number;
  /** Rejects where it has ended. */
  ask<Answer>(message: string | object): Promise<Answer>;
  stop(): Promise<void>;
}

/** What `npm start` gives Keyseal, for everyone: the larger the young generation, the less of it is copied. */
const YOUNG = '--max-semi-space-size=64';

/** Starts a file in a process of its own. @param execArgv for Node, beside what every such process gets */
export async function forkFile<Ready>(
  file: URL,
  env: Record<string, string> = {},
  execArgv: readonly string[] = [],
): Promise<Forked<Ready>> {
  const child = fork(file, {
    execArgv: ['--expose-gc', YOUNG, ...process.execArgv, ...execArgv],
    env: { ...process.env, ...env },
  });
  const gone = new AbortController();
  child.once('exit', () => gone.abort());
  const stop = async () => {
    if (gone.signal.aborted) return;
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  };
  atTheEnd(stop);
  const hear = async () => {
    try {
      return (await once(child, 'message', { signal: gone.signal }))[0];
    } catch {
      // Why, it has said itself.
      throw new Error(`${basename(fileURLToPath(file))} has ended before its time`);
    }
  };
  const ready: Ready = await hear();
  const ask = async <Answer>(message: string | object): Promise<Answer> => {
    child.send(message);
    return hear();
  };
  return { ready, pid: Number(child.pid), ask, stop };
}
