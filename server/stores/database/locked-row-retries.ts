import { type FairnessPath, groupsOf, workspaceGroupPath } from '../../../shared/fairness/fairness-path.ts';

/** The increase of the maximum pause with each pause, in milliseconds. */
const STEP_MS = 2;
const LONGEST_PAUSE_MS = 50;
/** Milliseconds before the row counts as unavailable: as long as a statement may wait. */
const PATIENCE_MS = 5_000;

/** A row that stays locked: the store cannot respond in time. */
class RowLocked extends Error {
  override readonly name = 'RowLocked';
  readonly code = 'ETIMEDOUT';
}

/** The entries of one workspace that wait for locked rows. */
interface Waiting {
  entries: number;
  /** Grows while none of them succeeds, in milliseconds. */
  maxPause: number;
  /** They pause together, so that they share the next statement. */
  pause: Promise<void> | null;
}

/**
 * Submits an entry again while another transaction has locked one of its rows, or other entries that share a row with it
 * come first. A shared statement skips such entries instead of waiting: one workspace's rows delay no entry of another.
 */
export class LockedRowRetries {
  readonly #waiting = new Map<string, Waiting>();

  /**
   * @param payer the path whose workspace the entry pauses with
   * @param submit returns null if the entry was skipped and nothing was done
   * @throws RowLocked after five seconds
   */
  async submit<Result>(payer: FairnessPath, submit: () => Promise<Result | null>): Promise<Result> {
    const startedAt = performance.now();
    let result = await submit();
    if (result !== null) return result;
    const workspace = groupsOf(workspaceGroupPath(payer)).at(-1) as string;
    const waiting = this.#enter(workspace);
    try {
      while (result === null) {
        if (performance.now() - startedAt > PATIENCE_MS) throw new RowLocked('a row stayed locked');
        waiting.pause ??= pauseOf(waiting);
        await waiting.pause;
        result = await submit();
      }
      waiting.maxPause = 0;
      return result;
    } finally {
      if (--waiting.entries === 0) this.#waiting.delete(workspace);
    }
  }

  #enter(workspace: string): Waiting {
    const waiting = this.#waiting.get(workspace) ?? { entries: 0, maxPause: 0, pause: null };
    waiting.entries++;
    this.#waiting.set(workspace, waiting);
    return waiting;
  }
}

/** A pause of random length, so that two instances that locked each other out do not collide again. */
function pauseOf(waiting: Waiting): Promise<void> {
  waiting.maxPause = Math.min(waiting.maxPause + STEP_MS, LONGEST_PAUSE_MS);
  return new Promise((resolve) => {
    setTimeout(() => {
      waiting.pause = null;
      resolve();
    }, Math.random() * waiting.maxPause);
  });
}
