import type { TestService } from './service.ts';

/** Files that begin transactions of unauthenticated callers. Jobs begin theirs elsewhere, and procedures of others in `writes`. */
const UNAUTHENTICATED = /server\/auth\/(password-queue|external\/backchannel-logout)\.ts/;

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
  const { database, writes } = running.service.stores;
  const { db } = database;
  const begin = db.transaction;
  const write = writes.transaction.bind(writes);
  const [arrived, released] = [signal(), signal()];
  let waiting = 0;
  const block = async () => {
    if (waiting === count) return;
    waiting += 1;
    if (waiting === count) arrived.give();
    await released.given;
  };
  const blocked: typeof begin = async (...args) => {
    if (UNAUTHENTICATED.test(new Error().stack ?? '')) await block();
    return begin.apply(db, args) as never;
  };
  const blockedWrite: typeof write = async (...args) => {
    await block();
    return write(...args);
  };
  Object.assign(db, { transaction: blocked });
  Object.assign(writes, { transaction: blockedWrite });
  const release = () => {
    Object.assign(db, { transaction: begin });
    Object.assign(writes, { transaction: write });
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
