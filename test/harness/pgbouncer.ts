import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './embedded-postgres.ts';
import { freshFolder } from './fresh.ts';

/**
 * Starts a pgbouncer in front of one role's database.
 * @param url as the role
 * @param settings of pgbouncer.ini, such as `pool_mode`
 * @param login whose password the pooler sends to Postgres: the role's, or that of each client, which `auth_file` then has
 * @returns the URL through it
 */
export async function startPgbouncer(
  url: string,
  settings: Readonly<Record<string, string | number>>,
  login: 'role' | 'client' = 'role',
): Promise<{ url: string; stop(): Promise<void> }> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const folder = await freshFolder();
  const listenPort = Number(settings['listen_port'] ?? (await freePort()));
  const file = join(folder, 'pgbouncer.ini');
  const all = {
    ...{ listen_addr: '127.0.0.1', listen_port: listenPort, auth_type: 'any', unix_socket_dir: '' },
    ...settings,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const as = login === 'role' ? `user=${username} password=${password}` : '';
  const database = `* = host=${hostname} port=${port} ${as} dbname=${pathname.slice(1)}`;
  await writeFile(file, ['[databases]', database, '[pgbouncer]', ...lines, ''].join('\n'), { mode: 0o644 });
  // It does not run as root, and reads its file before it drops privileges.
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...user, file], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await listens(listenPort);
  const through = new URL(url);
  through.port = String(listenPort);
  const stop = async () => {
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await ended;
  };
  return { url: through.href, stop };
}

async function listens(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const there = await new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true));
      socket.once('error', () => resolve(false)).once('connect', () => socket.destroy());
    });
    if (there) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('pgbouncer does not listen');
}
