import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressPath, type FairnessPath } from '../../shared/fairness/fairness-path.ts';
import { plainAddress } from '../../shared/ip.ts';

/** Milliseconds without a byte. */
const IDLE_MS = 5_000;
/** Maximum milliseconds in total. */
const TOTAL_MS = 60_000;
const MAX_BYTES = 64 * 1024 * 1024;
/** Concurrent senders, divided by IP address. */
const senders = new FairBudget(4_096);

/** A refused sender whose bytes are discarded. */
export interface RefusedSender {
  /** Counts bytes that arrived. */
  note(bytes: number): void;
  /** Ends the watch; a second call does nothing. */
  stop(): void;
}

/**
 * Watches a sender that was refused while it sends. If its connection were closed before it has finished, TCP would
 * reset it at its next segment, and the sender could lose the response (RFC 9112 §9.6). So its bytes are read and
 * discarded, within bounds.
 * @param address the sender's IP address; null if it is not known
 * @param giveUp called once when a bound is reached
 * @returns null if the senders of this address have used up their share
 */
export function watchRefused(address: string | null, giveUp: () => void): RefusedSender | null {
  const payer: FairnessPath = address === null ? ['unknown'] : addressPath(plainAddress(address));
  if (!senders.take(payer, 1)) return null;
  const startedAt = performance.now();
  let seen = startedAt;
  let bytes = 0;
  let isOver = false;
  const stop = () => {
    if (isOver) return;
    isOver = true;
    clearInterval(timer);
    senders.release(payer, 1);
  };
  const end = () => {
    if (isOver) return;
    stop();
    giveUp();
  };
  const check = () => {
    const now = performance.now();
    if (now - seen >= IDLE_MS || now - startedAt >= TOTAL_MS) end();
  };
  const timer = setInterval(check, IDLE_MS / 5);
  // The timer must not keep the process alive. A browser's timer is a number.
  (timer as { unref?: () => void }).unref?.();
  return {
    stop,
    note: (more) => {
      bytes += more;
      seen = performance.now();
      if (bytes > MAX_BYTES) end();
    },
  };
}
