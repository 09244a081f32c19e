import { spawn } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from './embedded-postgres.ts';
import { freshFolder } from './fresh.ts';
import { listens } from './proxies.ts';

/**
 * Starts a Pgpool-II in front of one Postgres. It asks each client for its password, to log in with it.
 * @param url as a role
 * @param settings of pgpool.conf, such as `num_init_children`, with their quotes
 * @returns the URL through it
 */
export async function startPgpool(
  url: string,
  settings: Readonly<Record<string, string | number>> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const { hostname, port } = new URL(url);
  const folder = await freshFolder();
  const listenPort = await freePort();
  const all = {
    ...{
      backend_clustering_mode: "'streaming_replication'",
      listen_addresses: "'127.0.0.1'",
      port: listenPort,
    },
    ...{ pcp_port: await freePort(), socket_dir: `'${folder}'`, unix_socket_directories: `'${folder}'` },
    ...{ pcp_socket_dir: `'${folder}'`, pid_file_name: `'${join(folder, 'pid')}'`, logdir: `'${folder}'` },
    ...{ backend_hostname0: `'${hostname}'`, backend_port0: port, backend_data_directory0: `'${folder}'` },
    ...{ allow_clear_text_frontend_auth: 'on', num_init_children: 30, sr_check_period: 0 },
    ...settings,
  };
  const file = join(folder, 'pgpool.conf');
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  await writeFile(file, `${lines.join('\n')}\n`);
  for (const name of ['pcp.conf', 'pool_hba.conf']) await writeFile(join(folder, name), '');
  const options = ['-n', '-f', file, '-F', join(folder, 'pcp.conf'), '-a', join(folder, 'pool_hba.conf')];
  // A process group of its own: children that lose their parent would go on, and take all the processor time.
  const child = spawn('pgpool', options, { stdio: 'ignore', detached: true });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const killAll = () => void endGroup(child.pid);
  process.once('exit', killAll);
  const stop = async () => {
    child.kill('SIGINT');
    await ended;
    killAll();
    process.off('exit', killAll);
  };
  if (!(await listens(listenPort, child))) throw new Error('pgpool does not listen');
  const through = new URL(url);
  through.port = String(listenPort);
  return { url: through.href, stop };
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}
