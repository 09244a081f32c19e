import type { Command } from 'commander';
import { collectGarbage } from '../server/lib/collect-garbage.ts';
import { readConfig } from '../server/lib/config.ts';
import type { LoadApi } from './load-api.ts';
import { endOnSignal, stopOnSignal } from './stop-on-signal.ts';

export function addServe(program: Command, loadApi: LoadApi): void {
  program
    .command('serve')
    .description('Bring the schema up to date, then serve until SIGTERM or SIGINT')
    .option('--json', 'log in JSON, on a terminal too')
    .action(({ json = false }: { json?: boolean }) => serve(loadApi, json));
}

/** Starts the service that the environment configures. SIGTERM and SIGINT end the process. @throws if it cannot start */
export async function serve(loadApi: LoadApi, json = false): Promise<void> {
  const terminal = process.stdout.isTTY === true;
  const config = readConfig(process.env, terminal && !json);
  const keepOn = endOnSignal();
  // Only this command loads the server: the others start faster without it.
  const [{ showSecrets }, { startService }, api] = await Promise.all([
    import('../server/app/bootstrap.ts'),
    import('../server/app/service.ts'),
    loadApi(),
  ]);
  // The embedded database needs its memory in this process.
  if (config.databaseUrl === null) collectGarbage();
  const reportWritten = (path: string) =>
    void process.stdout.write(`Written once, readable only by its owner: ${path}\n`);
  const running = await startService(config, {
    show: showSecrets(config.dataDir, terminal, reportWritten),
    api,
  });
  const { log } = running.service;
  stopOnSignal(running, config.drainSeconds);
  keepOn();
  const { url, metricsPort, service } = running;
  log.info({ url, metricsPort, database: service.stores.database.kind }, 'keyseal is serving');
}
