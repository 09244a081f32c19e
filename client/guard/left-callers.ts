/** Milliseconds after which a handler whose caller has left counts as ended. */
const LEFT_MS = 300_000;

/**
 * Calls back five minutes after a caller has left, unless the returned function is called before. A handler may wait for what never
 * comes once its caller is gone, such as `drain` or `finish` of the response: its promise then never settles.
 * @param watch calls its argument when the caller has left, and returns what ends the watch
 */
export function afterLeaving(watch: (onLeft: () => void) => () => void, onDone: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const unwatch = watch(() => {
    timer = setTimeout(onDone, LEFT_MS);
    // The timer does not keep the process alive. A browser's timer is a number.
    (timer as { unref?: () => void }).unref?.();
  });
  return () => {
    unwatch();
    clearTimeout(timer);
  };
}

/** The same for a handler of the fetch standard, whose runtime aborts the signal of the request. */
export const afterAbort = ({ signal }: { readonly signal?: AbortSignal }, onDone: () => void): (() => void) =>
  afterLeaving((onLeft) => {
    if (signal?.aborted) onLeft();
    else signal?.addEventListener('abort', onLeft, { once: true });
    return () => signal?.removeEventListener('abort', onLeft);
  }, onDone);
