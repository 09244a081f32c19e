import type { Context } from '../../rpc/trpc.ts';
import type { ApiRequest } from '../request/api-request.ts';

/** How often each open stream's caller is revalidated, in milliseconds. */
const REVALIDATE_EVERY_MS = 2_000;
/** The timer's period in milliseconds: the streams that are due in one tick share a query. */
const TICK_MS = 500;

interface OpenStream {
  readonly mayContinue: () => Promise<boolean>;
  readonly end: () => void;
}

/** The open streams, each with the time of its last check, the least recently checked first. */
const checkedAt = new Map<OpenStream, number>();
let timer: NodeJS.Timeout | null = null;

/** Ends a stream within seconds after its caller loses the right to it. @returns a function that stops the checks */
export function revalidateStream(
  { caller, service, stream }: Context,
  request: ApiRequest,
  end: () => void,
): () => void {
  const guard = request.calls.procedures[0]?.guard;
  if (!caller || !guard) return () => {};
  let current = caller;
  const mayContinue = async () => {
    // Both are queried at the same time, so that they share a statement.
    const [now] = await Promise.all([service.gate.stillAuthorized(current, guard), stream.revalidate?.()]);
    // A change is read only once, not at every check.
    if (now) current = now;
    return now !== null;
  };
  return revalidatePeriodically(mayContinue, end);
}

/**
 * Ends a stream within seconds of the moment when its caller may no longer listen. All streams share one timer.
 * @returns a function that stops the checks
 */
export function revalidatePeriodically(mayContinue: () => Promise<boolean>, end: () => void): () => void {
  const watched = { mayContinue, end };
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
    if (now - at < REVALIDATE_EVERY_MS) return;
    checkedAt.delete(watched);
    checkedAt.set(watched, now);
    void check(watched);
  }
}

/** A check that fails ends the stream: an unhandled rejection would end the process. */
async function check(watched: OpenStream): Promise<void> {
  const mayContinue = await watched.mayContinue().catch(() => false);
  if (!mayContinue) watched.end();
}
