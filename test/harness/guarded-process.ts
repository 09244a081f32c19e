import { createGuard } from '../../client/guard/index.ts';
import { FRAMEWORKS, type Guarded } from './guarded.ts';

/** What the parent asks the process for: collected memory, and what it holds open. */
export interface Vitals {
  /** Megabytes of heap and of buffers, after a collection where `--expose-gc` allows one. */
  readonly heap: number;
  /** Open files and sockets. */
  readonly descriptors: number;
  /** Errors that the guards reported. */
  readonly reported: number;
}

/** Guarded services of every framework in a process of its own, with the options of the `GUARD` variable. */
const options = JSON.parse(process.env['GUARD'] ?? '{}');
const { readdirSync } = await import('node:fs');
let reported = 0;
const ports: Record<string, number> = {};
const running: Guarded[] = [];
for (const [name, serve] of Object.entries(FRAMEWORKS)) {
  const guard = createGuard({ ...options, onError: () => reported++ });
  const guarded = await serve(guard, { permission: 'orders:write' }, () => {});
  running.push(guarded);
  ports[name] = guarded.port;
}

process.on('message', () => {
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  const heap = (heapUsed + arrayBuffers) / 1024 / 1024;
  const vitals: Vitals = { heap, descriptors: readdirSync('/proc/self/fd').length, reported };
  process.send?.(vitals);
});
process.on('disconnect', () => process.exit(0));
process.send?.(ports);
