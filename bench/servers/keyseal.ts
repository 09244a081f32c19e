import { readConfig } from '../../server/config.ts';
import { startService } from '../../server/service.ts';
import { benchClock } from '../clock.ts';
import { report } from './child.ts';

/** Keyseal as it starts by itself: PGlite in a folder, nonces in memory. */
const config = readConfig({
  PORT: '0',
  KEYSEAL_DATA_DIR: process.env['BENCH_FOLDER'],
  KEYSEAL_DEMO: 'off',
  KEYSEAL_LOG_LEVEL: 'error',
  LOG_FORMAT: 'json',
});
const { port } = await startService(config, { show: () => {}, clock: benchClock });
report({ port });
