import { availableParallelism } from 'node:os';
import type { Options } from '@node-rs/argon2';
import { Piscina } from 'piscina';
import { MINUTE_MS } from '../../shared/durations.ts';

/** The work of `password-worker.js`. */
export interface PasswordTasks {
  hash(input: { readonly password: string; readonly cost: Options }): string;
  verify(input: { readonly password: string; readonly phc: string }): boolean;
  isCommon(input: {
    readonly password: string;
    readonly names: readonly string[];
  }): boolean | Promise<boolean>;
}

/** How many password hashes for unauthenticated callers run at once: half of the cores, but always one. */
export const UNAUTHENTICATED_HASHES = Math.max(1, Math.floor(availableParallelism() / 2));

/** In milliseconds. A thread holds a few megabytes, with the list of common passwords 20. */
const IDLE_MS = MINUTE_MS;
/** A busy thread gets a tenth of the serving thread's time. Only Linux has a niceness per thread. */
const NICENESS = process.platform === 'linux' ? 10 : 0;

/**
 * Threads for the costly work on passwords. They yield to the threads that serve signed calls, which a flood of sign-ins
 * must not delay. They start when they are first needed.
 */
const threads = new Piscina<never, unknown>({
  filename: new URL('./password-worker.js', import.meta.url).href,
  minThreads: 0,
  // One more for users who have signed their calls.
  maxThreads: UNAUTHENTICATED_HASHES + 1,
  idleTimeout: IDLE_MS,
  niceIncrement: NICENESS,
  atomics: 'disabled',
  // They need neither the environment, which contains secrets, nor the main thread's loader.
  env: {},
  execArgv: [],
});

/** Runs a task in one of the threads. */
export const runPasswordTask = <N extends keyof PasswordTasks>(
  name: N,
  input: Parameters<PasswordTasks[N]>[0],
): Promise<Awaited<ReturnType<PasswordTasks[N]>>> =>
  threads.run(input as never, { name }) as Promise<Awaited<ReturnType<PasswordTasks[N]>>>;
