import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { atEndOfFile } from './end-of-file.ts';
import { freePort } from './lasting-port.ts';

export { freePort };

const root = join(import.meta.dirname, '..', '..');

/** The service as it is shipped, in a process of its own. */
export interface ServiceProcess {
  readonly child: ChildProcess;
  readonly port: number;
  readonly url: string;
  /** What it has written, to stdout and stderr. */
  readonly said: () => { out: string; err: string };
  /** Resolves once it serves; rejects where it ends before. */
  readonly serving: Promise<void>;
  readonly exited: Promise<{ code: number | null; signal: string | null }>;
}

/** Starts `node dist/server/main.js` with these variables and no others of ours. @param project its folder */
export async function startProcess(env: Record<string, string>, project = root): Promise<ServiceProcess> {
  const main = join(project, 'dist', 'server', 'main.js');
  if (!existsSync(main)) throw new Error('dist is not there: npm run build');
  const port = Number(env['PORT'] ?? (await freePort()));
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [main], {
    cwd: project,
    env: { PATH, HOME, PORT: String(port), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Where a test fails half-way its processes must not stay.
  atEndOfFile(() => child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  const exited = new Promise<{ code: number | null; signal: string | null }>((resolve) => {
    child.once('close', (code, signal) => {
      resolve({ code, signal });
    });
  });
  const serving = new Promise<void>((resolve, reject) => {
    const look = () => out.includes('keyseal is serving') && resolve();
    child.stdout.on('data', look);
    void exited.then(() => reject(new Error(`it ended: ${out}${err}`)));
  });
  serving.catch(() => {});
  return { child, port, url: `http://localhost:${port}`, said: () => ({ out, err }), serving, exited };
}
