import { fork } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stopsOnCleanup } from './cleanup.ts';

/** A process of the benchmark that answers messages one after the other. */
export interface Forked<Ready> {
  /** Its message when it became ready. */
  readonly ready: Ready;
  readonly pid: number;
  /** Rejects if the process has ended. */
  request<Answer>(message: string | object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a file in its own process. @param execArgv further options for Node */
export async function forkFile<Ready>(
  file: URL,
  env: Record<string, string> = {},
  execArgv: readonly string[] = [],
): Promise<Forked<Ready>> {
  const child = fork(file, {
    execArgv: ['--expose-gc', ...process.execArgv, ...execArgv],
    env: { ...process.env, ...env },
  });
  const gone = new AbortController();
  child.once('exit', () => gone.abort());
  const stop = stopsOnCleanup(child);
  const nextMessage = async () => {
    try {
      return (await once(child, 'message', { signal: gone.signal }))[0];
    } catch {
      // The process has printed the reason itself.
      throw new Error(`${basename(fileURLToPath(file))} has ended before its time`);
    }
  };
  const ready: Ready = await nextMessage();
  const request = async <Answer>(message: string | object): Promise<Answer> => {
    child.send(message);
    return nextMessage();
  };
  return { ready, pid: Number(child.pid), request, stop };
}
