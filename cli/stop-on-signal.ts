import { constants } from 'node:os';
import type { RunningService } from '../server/app/service.ts';
import { EXIT } from './output/failure.ts';

/**
 * Shuts the service down on SIGTERM and SIGINT. It first only reports that it is not ready, so that load balancers send calls
 * elsewhere, and then stops. A second signal skips the wait.
 * @param drainSeconds seconds that it waits before it stops
 */
export function stopOnSignal(running: RunningService, drainSeconds: number): void {
  const { log } = running.service;
  let drained: (() => void) | null = null;
  const drain = async (signal: string) => {
    running.drain();
    log.info({ signal, drainSeconds }, 'keyseal is draining: it serves, and says that it is not ready');
    await new Promise<void>((resolve) => {
      drained = resolve;
      setTimeout(resolve, drainSeconds * 1_000);
    });
  };
  const stop = async (signal: string) => {
    if (drained) return drained();
    drained = () => {};
    if (drainSeconds > 0) await drain(signal);
    log.info({ signal }, 'keyseal is stopping');
    await running.stop();
  };
  const onSignal = (signal: string) => {
    const isFirst = drained === null;
    stop(signal).then(
      () => isFirst && process.exit(EXIT.done),
      (err) => {
        log.fatal({ err }, 'keyseal failed to stop');
        process.exit(EXIT.failed);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

/**
 * Ends the process on SIGTERM and SIGINT while it starts or migrates. Without a listener the first process of a container ignores both
 * (signal(7), pid_namespaces(7)), so that an orchestrator would wait for a blocked startup, and then kill it. The next startup
 * continues where this one ended.
 * @returns a function that removes the handlers
 */
export function endOnSignal(): () => void {
  const end = (signal: 'SIGTERM' | 'SIGINT') => {
    process.stderr.write(`keyseal: Ended by ${signal} before it was done. The next startup continues.\n`);
    process.exit(128 + constants.signals[signal]);
  };
  process.on('SIGTERM', end).on('SIGINT', end);
  return () => void process.off('SIGTERM', end).off('SIGINT', end);
}
