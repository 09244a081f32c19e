import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Stop = () => unknown;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
const stops: Stop[] = [];

/** Registers how to stop something as soon as it starts, so that it ends with the run, however that ends. */
export function onCleanup(stop: Stop): void {
  stops.push(stop);
}

/** Stops a process with the run, or earlier. @returns a function that stops it now, and resolves once it has ended */
export function stopsOnCleanup(child: ChildProcess): () => Promise<void> {
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill();
    await exit;
  };
  onCleanup(stop);
  return stop;
}

let ending: Promise<void> | undefined;

/** Stops everything in reverse order; once, whether a signal, a failure or both request it. */
function end(): Promise<void> {
  ending ??= stopAll();
  return ending;
}

async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      // A failed stop must not prevent the others.
      console.error(error);
    }
  }
}

/**
 * Makes signals end the run and nothing else: packages that start something have their own signal handlers, which
 * would end the process.
 */
export function handleSignals(): void {
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.removeAllListeners(signal);
    process.once(signal, () => void end().finally(() => process.exit(status)));
  }
}

/** Runs work that may fail or be interrupted, and cleans up afterwards. */
export async function runAndCleanUp(run: () => Promise<void>): Promise<void> {
  handleSignals();
  try {
    await run();
  } finally {
    await end();
  }
}
