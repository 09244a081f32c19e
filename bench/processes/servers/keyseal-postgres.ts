import { startService } from '../../../server/app/service.ts';
import { readConfig } from '../../../server/lib/config.ts';
import { report } from './child.ts';
import { SHARED_ENVIRONMENT } from './shared-environment.ts';

/** An instance of Keyseal on a Postgres that others may share, with keys and origins from the benchmark. */
const config = readConfig({
  ...SHARED_ENVIRONMENT,
  KEYSEAL_ISSUER: 'http://localhost',
  KEYSEAL_LOG_LEVEL: 'error',
});
const { port } = await startService(config, { show: () => {} });
report({ port });
