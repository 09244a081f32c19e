import { startService } from '../../../server/app/service.ts';
import { readConfig } from '../../../server/lib/config.ts';
import { makeWorld, type Seeds } from '../../floods/make-world.ts';
import { report } from './child.ts';

/** Keyseal on PGlite or Postgres, that trusts a proxy on this machine, with the callers of a flood. */
const config = readConfig({
  NODE_ENV: 'development',
  PORT: '0',
  DATABASE_URL: process.env['BENCH_DATABASE_URL'],
  KEYSEAL_DATA_DIR: process.env['BENCH_FOLDER'],
  KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 'bench').toString('base64')}`,
  KEYSEAL_TRUSTED_PROXIES: '127.0.0.1',
  // The honest person makes forty calls a second.
  KEYSEAL_SESSION_CALLS: '1000000',
  KEYSEAL_DEMO: 'off',
  KEYSEAL_LOG_LEVEL: 'fatal',
  LOG_FORMAT: 'json',
});
const running = await startService(config, { show: () => {} });
const seeds: Seeds = JSON.parse(process.env['BENCH_SEEDS'] ?? '');
report({ port: running.port, ...{ world: await makeWorld(running, seeds) } });
