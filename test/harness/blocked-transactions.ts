import type { TestService } from './service.ts';

/** Files that begin the transactions of procedures; jobs begin theirs elsewhere. */
const FEATURES = /server\/(keys|auth|owners|workspaces|sessions)\//;

/** Calls that were admitted, and wait before their transactions. */
export interface Held {
  /** Resolves once so many calls wait. */
  readonly arrived: Promise<void>;
  /** Lets them continue. */
  release(): void;
}

/**
 * Holds the next transactions that procedures of an instance begin, at a known point: after the gate admitted their
 * callers, and before the first statement. Whatever begins later passes.
 */
export function blockTransactions({ running }: TestService, count: number): Held {
  const { db } = running.service.stores.database;
  const begin = db.transaction;
  const [arrived, released] = [signal(), signal()];
  let waiting = 0;
  const blocked: typeof begin = async (...args) => {
    if (waiting < count && FEATURES.test(new Error().stack ?? '')) {
      waiting += 1;
      if (waiting === count) arrived.give();
      await released.given;
    }
    return begin.apply(db, args) as never;
  };
  Object.assign(db, { transaction: blocked });
  const release = () => {
    Object.assign(db, { transaction: begin });
    released.give();
  };
  return { arrived: arrived.given, release };
}

/** A promise, and what resolves it. */
export function signal() {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give: () => give() };
}
