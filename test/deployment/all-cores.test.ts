import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { newKey } from '../harness/clients.ts';
import { freshFolder, freshPostgres } from '../harness/fresh.ts';
import { scrape } from '../harness/metrics.ts';
import { freePort, type ServiceProcess, startProcess } from '../harness/process.ts';
import { type RunningProxy, startHaproxy } from '../harness/proxies.ts';
import { requires } from '../harness/requires.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'operators', 'running.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`\\n## All cores of a machine\\n[^]*?\\n\`\`\`${language}\\n([^]*?)\`\`\``).exec(page)?.[1] ??
  '';

/** Not every machine with Linux has systemd. */
const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the systemd unit in docs/operators/running.md', () => {
  it.skipIf(!hasSystemd)('is valid for systemd', async () => {
    const file = join(await freshFolder(), 'keyseal@.service');
    // The program that exists here, since systemd checks that it does.
    await writeFile(file, block('systemd').replace('/usr/bin/node', process.execPath));
    const { stdout, stderr } = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' });
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('keyseal@'));
    expect(said).toEqual([]);
  });

  it('waits longer for the shutdown than the service drains, and starts the program of the package', () => {
    const unit = block('systemd');
    expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(5 + 10);
    expect(unit).toMatch(/^ExecStart=.* dist\/server\/main\.js$/m);
  });
});

requires('postgres', 'haproxy').describe('two processes behind one port', () => {
  let processes: ServiceProcess[];
  let proxy: RunningProxy;
  let url: string;

  beforeAll(async () => {
    const ports = [await freePort(), await freePort()] as const;
    const statsPort = await freePort();
    proxy = await startHaproxy((port) =>
      `${block('haproxy')}
listen stats
  bind 127.0.0.1:${statsPort}
  stats enable
  stats uri /
`
        .replace('bind :8080', `bind 127.0.0.1:${port}`)
        .replace('127.0.0.1:3001', `127.0.0.1:${ports[0]}`)
        .replace('127.0.0.1:3002', `127.0.0.1:${ports[1]}`),
    );
    url = `http://localhost:${proxy.port}`;
    const env = {
      DATABASE_URL: await freshPostgres(),
      KEYSEAL_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
      KEYSEAL_PUBLIC_ORIGINS: url,
      KEYSEAL_TRUSTED_PROXIES: '127.0.0.1',
      NODE_ENV: 'development',
      // A busy machine checks late.
      KEYSEAL_DRAIN_SECONDS: '15',
      KEYSEAL_DATA_DIR: await freshFolder(),
      KEYSEAL_DEMO: 'off',
      LOG_FORMAT: 'json',
    };
    processes = [];
    for (const port of ports) processes.push(await startProcess({ ...env, PORT: String(port) }));
    await Promise.all(processes.map(({ serving }) => serving));
    await vi.waitFor(async () => {
      const states = await (await fetch(`http://127.0.0.1:${statsPort}/;csv`)).text();
      expect(states.match(/^keyseal,(one|two),.*,UP,/gm)).toHaveLength(2);
    }, 60_000);
  });

  afterAll(async () => {
    for (const { child } of processes) child.kill('SIGKILL');
    await proxy.stop();
  });

  /** Calls of `exemple` that each process has answered. */
  const callsOf = async () =>
    Promise.all(
      processes.map(async ({ port }) =>
        (await scrape(port)).sum('keyseal_calls_total', { procedure: 'exemple' }),
      ),
    );

  it('send the calls of a client to one of them, and to the other when it stops', async () => {
    const credentials = { email: 'ada@example.com', password: 'a long password' };
    const { session } = await createKeysealClient({ url }).auth.signUp.mutate(credentials);
    const person = createKeysealClient({ url, session });
    const made = await newKey(person, ['exemple:read']);
    const key = createKeysealClient({ url, apiKey: made.apiKey, signingSecret: made.signingSecret });
    for (let n = 0; n < 10; n++) await key.exemple.query({ name: 'Ada' });
    const before = await callsOf();
    expect([...before].sort()).toEqual([0, 10]);

    const stopped = processes[before.indexOf(10)] as ServiceProcess;
    const other = processes[before.indexOf(0)] as ServiceProcess;
    stopped.child.kill('SIGTERM');
    // Every call that is made while it drains and stops is answered.
    let calls = 0;
    const over = stopped.exited.then(() => true);
    while (!(await Promise.race([over, key.exemple.query({ name: 'Ada' }).then(() => false)]))) calls++;
    for (let n = 0; n < 5; n++) await key.exemple.query({ name: 'Ada' });
    expect(calls).toBeGreaterThan(0);
    const after = await scrape(other.port);
    expect(after.sum('keyseal_calls_total', { procedure: 'exemple' })).toBeGreaterThanOrEqual(5);
  });
});
