import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { stopsOnCleanup } from './cleanup.ts';

/** A program that answers each line of JSON with one. */
export interface LineProcess {
  /** Rejects if the program has ended. */
  ask<Answer>(question: object): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a program. What it writes to stderr is shown. */
export function startLineProcess(program: string, args: readonly string[]): LineProcess {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // An error of a pipe whose reader has ended: the response that never comes says so.
  child.stdin.on('error', () => {});
  const stop = stopsOnCleanup(child);
  return {
    async ask(question) {
      child.stdin.write(`${JSON.stringify(question)}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} has ended before its time`);
      return JSON.parse(value);
    },
    stop,
  };
}
