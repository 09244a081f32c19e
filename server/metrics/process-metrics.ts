import { collectDefaultMetrics, Registry } from 'prom-client';

let registry: Registry | undefined;

/**
 * What prom-client tells of the process itself. It watches the event loop and the garbage collector, and does not stop:
 * so it is begun once for a process, however many services begin and end in it. It keeps no process alive.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
