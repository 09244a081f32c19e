type Stop = () => unknown;

const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
const stops: Stop[] = [];

/** Whatever is started is given here at once, so that it ends with the run, however that ends. */
export function atTheEnd(stop: Stop): void {
  stops.push(stop);
}

let ending: Promise<void> | undefined;

/** Stops everything, what was started last first; once, whether a signal, a failure or both ask for it. */
function end(): Promise<void> {
  ending ??= stopAll();
  return ending;
}

async function stopAll(): Promise<void> {
  for (let stop = stops.pop(); stop; stop = stops.pop()) {
    try {
      await stop();
    } catch (error) {
      // It keeps no other from being stopped.
      console.error(error);
    }
  }
}

/**
 * Lets a signal end the run, and nothing else: packages that start something have an end of their own in mind, and
 * would end the process with it.
 */
export function takeSignals(): void {
  for (const [signal, status] of Object.entries(SIGNALS)) {
    process.removeAllListeners(signal);
    process.once(signal, () => void end().finally(() => process.exit(status)));
  }
}

/** Runs what may fail or be broken off, and leaves nothing behind. */
export async function untilTheEnd(run: () => Promise<void>): Promise<void> {
  takeSignals();
  try {
    await run();
  } finally {
    await end();
  }
}
