import { type ChildProcess, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './embedded-postgres.ts';

/** A real proxy in a process of its own. */
export interface RunningProxy {
  /** Such as http://127.0.0.1:4711. */
  readonly url: string;
  readonly port: number;
  /** Resolves once the process is gone. */
  stop(): Promise<void>;
}

/** Writes a configuration for the port on which the proxy is to listen, on 127.0.0.1. */
export type ProxyConfig = (port: number) => string;

/**
 * Starts nginx.
 * @param config writes what belongs into the `http` block: one `server` or more
 * @example startNginx((port) => `server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${to}; } }`)
 */
export function startNginx(config: ProxyConfig): Promise<RunningProxy> {
  return startProxy(
    'nginx',
    (file, folder) => ['-p', folder, '-e', 'stderr', '-c', file],
    (port, folder) => nginxFile(config(port), folder),
  );
}

/**
 * Starts HAProxy.
 * @param config writes all sections
 * @example startHaproxy((port) => `defaults\n mode http\nlisten all\n bind 127.0.0.1:${port}\n server one 127.0.0.1:${to}`)
 */
export function startHaproxy(config: ProxyConfig): Promise<RunningProxy> {
  return startProxy(
    'haproxy',
    (file) => ['-db', '-f', file],
    (port) => `${config(port)}\n`,
  );
}

/** Everything that nginx writes goes into its folder: it need not be root. */
function nginxFile(http: string, folder: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  // As root its workers would become another user, who may not enter the folder.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `${user} daemon off; worker_processes 1; pid ${join(folder, 'nginx.pid')}; error_log stderr warn;
events { worker_connections 512; }
http { access_log off; ${temporary.join(' ')}
${http}
}
`;
}

/**
 * Starts a proxy on a free port, and on another one if it was taken in the meantime.
 * @param optionsOf the command's options for its configuration file, a folder of its own, and the port
 * @param textOf the configuration
 */
export async function startProxy(
  command: string,
  optionsOf: (file: string, folder: string, port: number) => string[],
  textOf: (port: number, folder: string) => string,
): Promise<RunningProxy> {
  const folder = await mkdtemp(join(tmpdir(), `keyseal-test-${command}-`));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const file = join(folder, `${command}.conf`);
    await writeFile(file, textOf(port, folder));
    const child = spawn(command, optionsOf(file, folder, port), { stdio: ['ignore', 'ignore', 'pipe'] });
    const said = errorsOf(child);
    if (await listens(port, child)) return proxyOf(child, port, remove);
    await stopped(child);
    if (attempt < 3 && /address already in use/i.test(said())) continue;
    remove();
    throw new Error(`${command} does not listen: ${said()}`);
  }
}

function proxyOf(child: ChildProcess, port: number, remove: () => void): RunningProxy {
  const kill = () => void child.kill('SIGTERM');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    await stopped(child);
    remove();
    process.off('exit', remove);
  };
  return { url: `http://127.0.0.1:${port}`, port, stop };
}

function errorsOf(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk) => {
    text = `${text}${chunk}`.slice(-10_000);
  });
  return () => text;
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

/** Whether the process listens; false once it has ended, or after ten seconds. @param child any process, if none */
export async function listens(
  port: number,
  child: Pick<ChildProcess, 'exitCode'> = { exitCode: null },
): Promise<boolean> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries++) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
    });
    if (there) return child.exitCode === null;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}
