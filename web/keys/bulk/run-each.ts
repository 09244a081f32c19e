/** How a call for one item ended: `stopped` if it was not made. */
export type Outcome<T> =
  | { readonly item: T; readonly is: 'done' | 'stopped' }
  | { readonly item: T; readonly is: 'failed'; readonly error: unknown };

interface EachOptions<T> {
  /** Calls that are under way at the same time. */
  readonly atOnce: number;
  /** No further call is made after this aborts; those under way end by themselves. */
  readonly signal: AbortSignal;
  readonly onEnd: (ended: number) => void;
  readonly call: (item: T) => Promise<unknown>;
}

/** Calls once for each item, a few at a time. A failure ends no other call. @returns the outcomes, in order */
export async function runEach<T>(
  items: readonly T[],
  { atOnce, signal, onEnd, call }: EachOptions<T>,
): Promise<Outcome<T>[]> {
  const outcomes: Outcome<T>[] = items.map((item) => ({ item, is: 'stopped' }));
  const waiting = items.entries();
  let ended = 0;
  const work = async () => {
    for (const [index, item] of waiting) {
      if (signal.aborted) return;
      outcomes[index] = await call(item).then(
        () => ({ item, is: 'done' }) as const,
        (error: unknown) => ({ item, is: 'failed', error }) as const,
      );
      onEnd(++ended);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return outcomes;
}
