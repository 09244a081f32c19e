import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * prom-client's metrics of the process. It watches the event loop and the garbage collector and cannot be stopped, so
 * it starts once for a process, however many services start and stop in it. It does not keep the process alive.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
