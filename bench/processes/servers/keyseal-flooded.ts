import { startService } from '../../../server/app/service.ts';
import { readConfig } from '../../../server/lib/config.ts';
import { createParticipants, type Seeds } from '../../floods/create-participants.ts';
import { startIssuer } from '../../floods/issuer.ts';
import { report } from './child.ts';
import { SHARED_ENVIRONMENT } from './shared-environment.ts';

const issuer = await startIssuer();
/** Keyseal on PGlite or Postgres, that trusts a proxy on this machine, with the callers of a flood. */
const config = readConfig({
  ...SHARED_ENVIRONMENT,
  KEYSEAL_TRUSTED_PROXIES: '127.0.0.1',
  // The honest user makes forty calls a second.
  KEYSEAL_SESSION_CALLS: '1000000',
  KEYSEAL_ISSUERS: issuer.configuration,
  KEYSEAL_LOG_LEVEL: 'fatal',
});
const running = await startService(config, { show: () => {} });
const seeds: Seeds = JSON.parse(process.env['BENCH_SEEDS'] ?? '');
report({ port: running.port, ...{ participants: await createParticipants(running, seeds, issuer) } });
