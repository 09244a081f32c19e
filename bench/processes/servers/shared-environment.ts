/** Variables of an instance that gets its database, and a master key that others share, from the benchmark. */
export const SHARED_ENVIRONMENT = {
  NODE_ENV: 'development',
  PORT: '0',
  DATABASE_URL: process.env['BENCH_DATABASE_URL'],
  KEYSEAL_DATA_DIR: process.env['BENCH_FOLDER'],
  KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 'bench').toString('base64')}`,
  KEYSEAL_DEMO: 'off',
  LOG_FORMAT: 'json',
};
