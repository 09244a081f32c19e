import { type FairnessPath, groupsOf, workspaceGroupPath } from '../../../shared/fairness/fairness-path.ts';

/** The longest pause after each attempt, in milliseconds; the last one is for all further attempts. */
const MAX_PAUSES_MS = [4, 8, 16, 32, 50];
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
 */
export class LockedRowRetries {
  /** The pauses under way. Entries of one workspace that failed equally often share one, and so the next statement. */
  readonly #pauses = new Map<string, Promise<void>>();
  readonly #entries = new Set<Promise<unknown>>();

  /**
   * @param payer the path whose workspace the entry pauses with
   * @param submit returns null if the entry was skipped and nothing was done
   * @throws RowLocked after five seconds
   */
  submit<Result>(payer: FairnessPath, submit: () => Promise<Result | null>): Promise<Result> {
    const entry = this.#submit(payer, submit).finally(() => this.#entries.delete(entry));
    this.#entries.add(entry);
    return entry;
  }

  /** Waits until no entry is submitted any more. */
  async drain(): Promise<void> {
    while (this.#entries.size > 0) await Promise.allSettled(this.#entries);
  }

  async #submit<Result>(payer: FairnessPath, submit: () => Promise<Result | null>): Promise<Result> {
    const startedAt = performance.now();
    for (let attempt = 0; ; attempt++) {
      const result = await submit();
      if (result !== null) return result;
      if (performance.now() - startedAt > PATIENCE_MS) throw new RowLocked('a row stayed locked');
      await this.#pause(groupsOf(workspaceGroupPath(payer)).at(-1) as string, attempt);
    }
  }

  /** A pause of random length, so that two instances that locked each other out do not collide again. */
  #pause(workspace: string, attempt: number): Promise<void> {
    const step = Math.min(attempt, MAX_PAUSES_MS.length - 1);
    const name = `${step} ${workspace}`;
    const pause =
      this.#pauses.get(name) ??
      new Promise<void>((resolve) => {
        setTimeout(resolve, Math.random() * (MAX_PAUSES_MS[step] as number));
      }).then(() => void this.#pauses.delete(name));
    this.#pauses.set(name, pause);
    return pause;
  }
}
