import { execFile } from 'node:child_process';

/** How a program ended, and what it wrote. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Beyond this a client hangs; Go compiles its standard library the first time. */
const TIMEOUT_MS = 180_000;

/** Runs a program to its end with these variables in addition to PATH and HOME. */
export function runProgram(
  [command, ...options]: readonly [string, ...string[]],
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      command,
      [...options, ...args],
      { env: programEnv(env), timeout: TIMEOUT_MS },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, out, err: err || (error?.killed ? 'it hangs' : '') });
      },
    );
  });
}

/** The variables of a program. Java reads its arguments in the charset of the locale. */
export function programEnv(more: Readonly<Record<string, string>>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME, LC_ALL: 'C.UTF-8', PYTHONDONTWRITEBYTECODE: '1', ...more };
}
