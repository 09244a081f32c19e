import { type FairnessPath, workspacePath } from '../../../shared/fairness/fairness-path.ts';
import { SIGNATURE_MAX_AGE } from '../../../shared/signature.ts';
import type { MaybePromise } from '../../lib/concurrency/maybe-promise.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { LinkedAccount } from '../credentials/linked-accounts.ts';
import type { BatchLoad } from '../database/batcher.ts';
import type { TokenPerson } from '../issuers/provider-logouts.ts';

/** A nonce outlives the moment at which its `t` is too old by this many seconds, in case clocks differ. */
export const REPLAY_MARGIN = 60;

/** `t` at or below this can be forgotten: no correct clock accepts it any more. */
export const oldestReplayable = (now: number) => now - SIGNATURE_MAX_AGE - REPLAY_MARGIN;

/**
 * The rows on which an admission depends, each with the sum of the cached `rev`s.
 * The key's sum is over the key, its workspace, its owner and the owner's membership in the workspace; the session's
 * is over the session, the workspace `workspaceId`, the session's user and that user's membership there.
 */
export interface CallerRevisions {
  readonly key: {
    readonly id: string;
    readonly workspaceId: string;
    readonly payer: FairnessPath;
    readonly rev: number;
    /** Its limits and credits. On PGlite a change of its external owner raises no `rev`, so these are compared as well. */
    readonly counters?: readonly object[];
    readonly creditSubjects?: readonly string[];
  } | null;
  readonly session: {
    readonly id: string;
    readonly workspaceId: string;
    readonly payer: FairnessPath;
    readonly rev: number;
  } | null;
  /** A person of a trusted issuer, who must not have logged out at their provider. */
  readonly person?: TokenPerson | null;
  /** The account that is linked to this person, or that there is none. */
  readonly account?: LinkedAccount | null;
}

/** The revisions of a caller as the columns of a statement that compares many. */
export const revisionColumns = ({ key, session, person, account }: CallerRevisions) => ({
  key: key?.id ?? null,
  key_rev: key?.rev ?? null,
  session: session?.id ?? null,
  // A person on whose behalf a key calls is seen in the key's workspace.
  workspace: (key ?? session ?? account)?.workspaceId ?? null,
  session_rev: session?.rev ?? null,
  // Undefined properties are not sent: few callers have a person of a trusted issuer.
  issuer: person?.issuer,
  person: person?.logoutTargets[0],
  provider_session: person?.logoutTargets[1],
  issued_at: person?.issuedAt,
  subject: account?.subject,
  account: account?.state,
});

/** One signature with a valid MAC. */
export interface Claim {
  /** The key id or session id whose secret signed. */
  readonly k: string;
  /** Unix seconds. */
  readonly t: number;
  readonly nonce: string;
  readonly revisions: CallerRevisions;
  /** Returns the outcome without claiming. */
  readonly dryRun?: boolean;
}

/**
 * - `won`: this call, and no other, may continue
 * - `seen`: (k, t, nonce) was claimed before
 * - `stale`: the revisions have changed since they were cached; nothing was claimed
 * - `behind`: `t` is at or below what the store has forgotten or cannot vouch for; nothing was claimed
 * - `full`: the store, or the quota of this `k` or its workspace, is full; nothing was claimed
 */
export type ClaimOutcome = 'won' | 'seen' | 'stale' | 'behind' | 'full';

/** A claim after the store was closed: the service stops, which clients see as an outage. */
export class ReplayStoreClosed extends Error {
  override readonly name = 'ReplayStoreClosed';
  readonly code = 'CONNECTION_ENDED';
}

/**
 * Where nonces are claimed. A store that is unavailable rejects; it never returns `won` in doubt. It returns a value if it
 * need not wait: then nothing has changed since its caller read the records.
 */
export interface ReplayStore {
  claim(claim: Claim): MaybePromise<ClaimOutcome>;
  /** Unix seconds until which the store refuses because it does not know all earlier claims; 0 when ready. */
  readonly readyAt: number;
  /** Nonces that this process stores or has claimed, and has not forgotten. */
  readonly outstanding: Occupancy;
  /** Counters of the shared statements of claims; null if claims need none. */
  readonly load: BatchLoad | null;
  /** Raises the watermark, then forgets old nonces. Call it every half minute or so. */
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** The number of nonces above which claims get `full`. A sponsor also holds at most as many as are free. */
export interface NonceLimits {
  /** Nonces of one `k`. */
  readonly perKey: number;
  /** Nonces in total; each process counts its own. */
  readonly total: number;
}

export interface ReplayLimits extends NonceLimits {
  /** Of these, nonces whose `t` was further ahead than a request is accepted. */
  readonly ahead: NonceLimits;
}

/**
 * A nonce is kept for six minutes: one key sustains 2,700 calls a second, and the only busy workspace 4,100.
 *
 * A request that is ahead is refused, and its nonce is claimed anyway: its client sends the call again with the right time, and
 * a captured copy must not be accepted as well once its `t` has come. Nothing distinguishes a copy from an honest request of
 * that time, so that each one has to be remembered by itself: a mark for each key would refuse honest calls until the highest
 * `t` that it covers, and a set that errs (a Bloom filter) would have to be shared by all instances, and survive a crash, as
 * the rows do. They are kept for up to seventeen minutes, and on PGlite each is a row: hence the separate limits. A client
 * whose clock is ahead corrects it after its first refusal; one that does not may send twenty calls a second. Beyond that, no
 * promise is made: the response is 503, as for any nonce that does not fit.
 */
export const REPLAY_LIMITS: ReplayLimits = {
  perKey: 1_000_000,
  total: 4_000_000,
  ahead: { perKey: 20_000, total: 200_000 },
};

/** The fairness path that a claim is charged to. */
export const payerOf = ({ k, revisions: { key, session } }: Claim): FairnessPath =>
  (key ?? session)?.payer ?? workspacePath(null, k, k);
