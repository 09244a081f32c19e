import type { RunningService } from '../server/app/service.ts';
import { EXIT } from './failure.ts';

/**
 * Ends the process on SIGTERM and SIGINT: at first it only says that it is not ready, so that load balancers send calls
 * elsewhere; then it stops. A second signal skips the wait.
 * @param drainSeconds how long it waits before it stops
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
