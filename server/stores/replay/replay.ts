import { SIGNATURE_MAX_AGE } from '../../../shared/signature.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { BatchLoad } from '../database/batcher.ts';

/** A nonce outlives the moment at which its `t` is too old by this many seconds, in case clocks differ. */
export const REPLAY_MARGIN = 60;

/** `t` at or below this can be forgotten: no clock that is right accepts it any more. */
export const oldestReplayable = (now: number) => now - SIGNATURE_MAX_AGE - REPLAY_MARGIN;

/**
 * The rows on which an admission stands, each with the sum of the `rev`s that were cached.
 * The key's sum is over the key, its owner and the owner's membership in the key's workspace; the session's
 * is over the session, its user and that user's membership in `workspaceId`.
 */
export interface CallerRevisions {
  readonly key: { readonly id: string; readonly workspaceId: string; readonly rev: number } | null;
  readonly session: { readonly id: string; readonly workspaceId: string; readonly rev: number } | null;
}

/** One signature whose MAC was right. */
export interface Claim {
  /** The key id or session id whose secret signed. */
  readonly k: string;
  /** Unix seconds. */
  readonly t: number;
  readonly nonce: string;
  readonly standing: CallerRevisions;
  /** Asks what would become of the claim: nothing is claimed. */
  readonly dry?: boolean;
}

/**
 * - `won`: this call, and no other, may go on
 * - `seen`: (k, t, nonce) was claimed before
 * - `stale`: the standing has changed since it was cached; nothing was claimed
 * - `behind`: `t` is at or below what the store has forgotten or cannot vouch for; nothing was claimed
 * - `full`: the store, this `k` or its workspace has no room; nothing was claimed
 */
export type ClaimOutcome = 'won' | 'seen' | 'stale' | 'behind' | 'full';

/** Where nonces are claimed. A store that cannot answer throws; it never says `won` in doubt. */
export interface ReplayStore {
  claim(claim: Claim): Promise<ClaimOutcome>;
  /** Unix seconds until which the store refuses because it cannot vouch for what came before; 0 when ready. */
  readonly readyAt: number;
  /** Nonces that this process remembers or has claimed, and that are not forgotten yet. */
  readonly outstanding: Occupancy;
  /** Of claims that share statements; null where they need none. */
  readonly load: BatchLoad | null;
  /** Forgets what is too old, and raises the watermark first. Call it every half minute or so. */
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** How many nonces are kept before the answer is `full`. Besides, a workspace holds at most as many as are free. */
export interface NonceLimits {
  /** Nonces of one `k`. */
  readonly perKey: number;
  /** Nonces in all; each process counts its own. */
  readonly total: number;
}

export interface ReplayLimits extends NonceLimits {
  /** Of these, nonces whose `t` was further ahead than a request is accepted. */
  readonly ahead: NonceLimits;
}

/**
 * A nonce is kept for six minutes: one key sustains 2,700 calls a second, and the only busy workspace 5,500. A client whose
 * clock is ahead corrects it after its first refusal, so few nonces ahead are honest.
 */
export const REPLAY_LIMITS: ReplayLimits = {
  perKey: 1_000_000,
  total: 4_000_000,
  ahead: { perKey: 100, total: 10_000 },
};

/** The workspace that a claim is charged to. */
export const workspaceOf = ({ k, standing: { key, session } }: Claim): string =>
  key?.workspaceId ?? session?.workspaceId ?? k;
