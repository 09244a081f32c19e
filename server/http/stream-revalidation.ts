/** How often each open stream's caller is revalidated, in milliseconds. */
const WATCH_MS = 2_000;
/** The timer's period in milliseconds: the streams that are due in one tick share a query. */
const TICK_MS = 500;

interface Watched {
  readonly mayGoOn: () => Promise<boolean>;
  readonly end: () => void;
}

/** The open streams, each with the time of its last check, the least recently checked first. */
const lookedAt = new Map<Watched, number>();
let timer: NodeJS.Timeout | null = null;

/**
 * Ends a stream within seconds of the moment when its caller may no longer listen. All streams share one timer.
 * @returns a function that ends the watch
 */
export function watchStream(mayGoOn: () => Promise<boolean>, end: () => void): () => void {
  const watched = { mayGoOn, end };
  lookedAt.set(watched, performance.now());
  timer ??= setInterval(lookAtDue, TICK_MS);
  return () => {
    lookedAt.delete(watched);
    if (lookedAt.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  };
}

function lookAtDue(): void {
  const now = performance.now();
  for (const [watched, at] of lookedAt) {
    if (now - at < WATCH_MS) return;
    lookedAt.delete(watched);
    lookedAt.set(watched, now);
    void look(watched);
  }
}

async function look(watched: Watched): Promise<void> {
  if (!(await watched.mayGoOn())) watched.end();
}
