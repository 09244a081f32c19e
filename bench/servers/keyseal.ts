import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../server/config.ts';
import { startService } from '../../server/service.ts';
import { benchClock } from '../clock.ts';
import { report } from './child.ts';

/** Keyseal as it starts by itself: PGlite in a folder, nonces in memory. */
const dir = mkdtempSync(join(tmpdir(), 'keyseal-bench-'));
process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
const config = readConfig({
  PORT: '0',
  KEYSEAL_DATA_DIR: dir,
  KEYSEAL_DEMO: 'off',
  KEYSEAL_LOG_LEVEL: 'error',
  LOG_FORMAT: 'json',
});
const { port } = await startService(config, { show: () => {}, clock: benchClock });
report({ port });
