import { startService } from '../../../server/app/service.ts';
import { readConfig } from '../../../server/lib/config.ts';
import { report } from './child.ts';
import { SHARED_ENVIRONMENT } from './shared-environment.ts';

/** An instance of Keyseal on a Postgres that others may share, with keys and origins from the benchmark. */
const config = readConfig({
  ...SHARED_ENVIRONMENT,
  KEYSEAL_ISSUER: 'http://localhost',
  // Behind a proxy, which has to know the port beforehand.
  ...(process.env['BENCH_ORIGIN'] === undefined
    ? {}
    : {
        PORT: process.env['BENCH_PORT'],
        KEYSEAL_PUBLIC_ORIGINS: process.env['BENCH_ORIGIN'],
        KEYSEAL_TRUSTED_PROXIES: '127.0.0.1',
      }),
  KEYSEAL_LOG_LEVEL: 'error',
});
const { port } = await startService(config, { show: () => {} });
report({ port });
