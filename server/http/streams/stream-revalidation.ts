/** How often each open stream's caller is revalidated, in milliseconds. */
const WATCH_MS = 2_000;
/** The timer's period in milliseconds: the streams that are due in one tick share a query. */
const TICK_MS = 500;

interface OpenStream {
  readonly mayGoOn: () => Promise<boolean>;
  readonly end: () => void;
}

/** The open streams, each with the time of its last check, the least recently checked first. */
const checkedAt = new Map<OpenStream, number>();
let timer: NodeJS.Timeout | null = null;

/**
 * Ends a stream within seconds of the moment when its caller may no longer listen. All streams share one timer.
 * @returns a function that ends the watch
 */
export function revalidatePeriodically(mayGoOn: () => Promise<boolean>, end: () => void): () => void {
  const watched = { mayGoOn, end };
  checkedAt.set(watched, performance.now());
  timer ??= setInterval(checkDue, TICK_MS);
  return () => {
    checkedAt.delete(watched);
    if (checkedAt.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  };
}

function checkDue(): void {
  const now = performance.now();
  for (const [watched, at] of checkedAt) {
    if (now - at < WATCH_MS) return;
    checkedAt.delete(watched);
    checkedAt.set(watched, now);
    void check(watched);
  }
}

/** A check that fails ends the stream; its rejection would end the process. */
async function check(watched: OpenStream): Promise<void> {
  const mayGoOn = await watched.mayGoOn().catch(() => false);
  if (!mayGoOn) watched.end();
}
