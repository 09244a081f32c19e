import { ConfigError, readConfig } from './config.ts';
import { showSecrets } from './first-start.ts';
import { startService } from './service.ts';

/** What the shell is told when the start failed: of the configuration, or of anything else. */
const EXIT_CONFIG = 78;
const EXIT_FAILURE = 1;

try {
  const terminal = process.stdout.isTTY === true;
  const config = readConfig(process.env, terminal);
  const say = (path: string) => void process.stdout.write(`Shown once, for its owner alone: ${path}\n`);
  const running = await startService(config, { show: showSecrets(config.dataDir, terminal, say) });
  const { log } = running.service;
  let stopping = false;
  const stop = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'keyseal is stopping');
    running.stop().then(
      () => process.exit(0),
      (err) => {
        log.fatal({ err }, 'the stop failed');
        process.exit(EXIT_FAILURE);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  log.info({ url: running.url, database: running.service.stores.database.kind }, 'keyseal is serving');
} catch (error) {
  const known = error instanceof ConfigError;
  process.stderr.write(`keyseal: ${known ? error.message : describe(error)}\n`);
  process.exit(known ? EXIT_CONFIG : EXIT_FAILURE);
}

function describe(error: unknown): string {
  const { code, port, address, stack } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE')
    return `PORT ${port} of ${address} is taken: stop what listens there, or set PORT.`;
  if (code === 'EACCES' && port !== undefined)
    return `PORT ${port} may not be opened by this user: set PORT.`;
  return stack ?? String(error);
}
