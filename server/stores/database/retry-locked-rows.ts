/** By so much the pause before each next attempt may be longer, in milliseconds. */
const STEP_MS = 2;
const LONGEST_PAUSE_MS = 50;
/** As long as a statement may wait, in milliseconds. */
const PATIENCE_MS = 5_000;

/** A row that stays locked: the store cannot answer in time. */
class RowLocked extends Error {
  override readonly name = 'RowLocked';
  readonly code = 'ETIMEDOUT';
}

/**
 * Asks again while another transaction has locked a row of this question. A shared statement leaves such questions out
 * instead of waiting: what one workspace does to its own rows holds up no question of another.
 * @param ask null where a row was locked, and nothing was done
 * @throws RowLocked after five seconds
 */
export async function askUntilUnlocked<A>(ask: () => Promise<A | null>): Promise<A> {
  const begun = performance.now();
  for (let longest = STEP_MS; ; longest = Math.min(longest + STEP_MS, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (performance.now() - begun > PATIENCE_MS) throw new RowLocked('a row stayed locked');
    // Random, so that two instances that took rows from each other do not meet again.
    await new Promise((resolve) => setTimeout(resolve, Math.random() * longest));
  }
}
