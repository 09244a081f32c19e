import { startService } from '../../../server/app/service.ts';
import { readConfig } from '../../../server/lib/config.ts';
import { report } from './child.ts';

/** An instance of Keyseal on a Postgres that others may share, with keys and origins from the benchmark. */
const config = readConfig({
  NODE_ENV: 'development',
  PORT: '0',
  DATABASE_URL: process.env['BENCH_DATABASE_URL'],
  KEYSEAL_DATA_DIR: process.env['BENCH_FOLDER'],
  KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 'bench').toString('base64')}`,
  KEYSEAL_ISSUER: 'http://localhost',
  KEYSEAL_DEMO: 'off',
  KEYSEAL_LOG_LEVEL: 'error',
  LOG_FORMAT: 'json',
});
const { port } = await startService(config, { show: () => {} });
report({ port });
