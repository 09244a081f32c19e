/** The increase of the maximum pause with each attempt, in milliseconds. */
const STEP_MS = 2;
const LONGEST_PAUSE_MS = 50;
/** Milliseconds before the row counts as unavailable: as long as a statement may wait. */
const PATIENCE_MS = 5_000;

/** A row that stays locked: the store cannot respond in time. */
class RowLocked extends Error {
  override readonly name = 'RowLocked';
  readonly code = 'ETIMEDOUT';
}

/**
 * Submits an entry again while another transaction has locked one of its rows, or other entries that share a row with it
 * come first. A shared statement skips such entries instead of waiting: one workspace's rows delay no entry of another.
 * @param submit returns null if the entry was skipped and nothing was done
 * @throws RowLocked after five seconds
 */
export async function retryWhileLocked<Result>(submit: () => Promise<Result | null>): Promise<Result> {
  const startedAt = performance.now();
  for (let maxPause = STEP_MS; ; maxPause = Math.min(maxPause + STEP_MS, LONGEST_PAUSE_MS)) {
    const result = await submit();
    if (result !== null) return result;
    if (performance.now() - startedAt > PATIENCE_MS) throw new RowLocked('a row stayed locked');
    // Random, so that two instances that locked each other out do not collide again.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * maxPause));
  }
}
