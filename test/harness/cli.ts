import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const CLI = join(root, 'dist', 'cli', 'main.js');

/** As test files run: a command is over before code of PGlite that is made faster has paid for the making. */
const FLAGS = process.execArgv.filter((flag) => flag === '--liftoff-only');

export interface CliResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
  /** stdout as JSON; throws where it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads any answer
  readonly json: any;
}

export interface CliOptions {
  readonly env?: Record<string, string>;
  readonly stdin?: string;
  /** A file that takes what it writes. */
  readonly stdout?: number;
  /** Called with a function that kills the process, so that a test can end it half-way. */
  readonly started?: (kill: () => void) => void;
}

/** Runs `keyseal` as it is shipped, with these variables and no others of ours, and waits for its end. */
export function keyseal(
  args: readonly string[],
  { env = {}, stdin, stdout, started }: CliOptions = {},
): Promise<CliResult> {
  if (!existsSync(CLI)) throw new Error('dist is not there: npm run build');
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [...FLAGS, CLI, ...args], {
    cwd: root,
    env: { PATH, HOME, ...env },
    stdio: ['pipe', stdout ?? 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    err += chunk;
  });
  child.stdin?.end(stdin ?? '');
  started?.(() => child.kill('SIGKILL'));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({
        code,
        out,
        err,
        get json() {
          return JSON.parse(out);
        },
      });
    });
  });
}
