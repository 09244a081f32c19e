import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chown } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from './embedded-postgres.ts';
import { atEndOfFile } from './end-of-file.ts';
import { runFolder } from './run-folder.ts';

const VERSIONS = '/usr/lib/postgresql';

/** The programs of the newest Postgres that Debian's packages installed, `pg_dump` among them; null if there is none. */
export function debianPostgres(): string | null {
  if (!existsSync(VERSIONS)) return null;
  const folders = readdirSync(VERSIONS)
    .sort((one, other) => Number(other) - Number(one))
    .map((version) => join(VERSIONS, version, 'bin'));
  const isWhole = (folder: string) =>
    ['initdb', 'postgres', 'pg_dump'].every((program) => existsSync(join(folder, program)));
  return folders.find(isWhole) ?? null;
}

/** Postgres refuses to run as root: the package's user runs it then. */
function owner(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = (option: string) => Number(execFileSync('id', [option, 'postgres']));
  return { uid: idOf('-u'), gid: idOf('-g') };
}

/**
 * Starts the server of Debian's package, which has a `pg_dump` of its own version: that of the npm package has none.
 * @returns the folder of its programs, and the URL of a superuser
 */
export async function startDebianPostgres(): Promise<{ programs: string; url: string }> {
  const programs = debianPostgres();
  if (programs === null) throw new Error('Debian’s postgresql is not installed');
  const { folder, remove } = await runFolder('debian-postgres');
  const user = owner();
  if (user) await chown(folder, user.uid, user.gid);
  const [data, port] = [join(folder, 'data'), await freePort()];
  const asUser = { ...user, cwd: folder };
  execFileSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
    {
      ...asUser,
      stdio: 'pipe',
    },
  );
  const settings = ['listen_addresses=127.0.0.1', `unix_socket_directories=${data}`, 'max_connections=60'];
  const options = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  const server = spawn(join(programs, 'postgres'), options, { ...asUser, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const kill = () => void server.kill('SIGQUIT');
  process.once('exit', kill);
  atEndOfFile(async () => {
    server.kill('SIGINT');
    await ended;
    process.off('exit', kill);
    await remove();
  });
  const isReady = () =>
    spawnSync(join(programs, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status === 0;
  while (!isReady()) {
    if (server.exitCode !== null) throw new Error(`postgres ended with status ${server.exitCode}`);
    await sleep(20);
  }
  return { programs, url: `postgres://postgres@127.0.0.1:${port}/postgres` };
}
