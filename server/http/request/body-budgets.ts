import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import { addressPath, type FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { BodyPayer } from '../../gate/request/request.ts';
import { type Occupancy, totalOccupancy } from '../../lib/occupancy.ts';
import { AdmittedAddresses } from './admitted-addresses.ts';
import type { BodyTerms } from './body.ts';

/**
 * Bytes buffered for three kinds of callers: with a valid bearer token, from an IP address from which its credential was
 * admitted before; with a valid bearer token, from elsewhere; and all others.
 */
const FROM_ADMITTED_ADDRESS = 64 * 1024 * 1024;
const BEARER_ALONE = 64 * 1024 * 1024;
const UNAUTHENTICATED = 16 * 1024 * 1024;
/** A single IP address gets a sixteenth or a thirty-second, which is enough for one body of the maximum size. */
const ADMITTED_SHARE = 16;
const BEARER_SHARE = 32;

/** A caller without a valid bearer token must send at this multiple of the minimum rate. */
const UNAUTHENTICATED_PACE = 2;

/** Consecutive windows in which a sender with a valid bearer token may stall. */
const STALLED_WINDOWS = 3;

/** The configured limits of bodies. */
export interface BodyLimits {
  /** Bytes of one body. */
  readonly maxBody: number;
  /** The minimum rate of a sender with a valid bearer token, in bytes per second. */
  readonly minRate: number;
  /** Milliseconds over which the rate is averaged. */
  readonly windowMs: number;
}

/** The limit of a body that anyone may send: the inputs of public procedures are a few short strings. */
const PUBLIC_LIMIT = 16 * 1024;

/**
 * The memory for bodies. The MAC covers the body, so the body is read before the MAC is checked: until then a caller has shown
 * only a bearer token, and may have stolen it. A thief can make up the rest of a request (time, nonce), but not the IP address
 * from which the holder of the signing secret calls. So that IP address has separate memory, and other networks share the
 * rest of what the credential gets. The same holds for a session that refreshes without a token: its id proves nothing, but an
 * IP address from which it was admitted does.
 */
export class BodyBudgets {
  readonly #fromAdmittedAddress: FairBudget;
  readonly #bearerAlone: FairBudget;
  readonly #unauthenticated = new FairBudget(UNAUTHENTICATED);
  readonly #limits: BodyLimits;
  readonly #addresses = new AdmittedAddresses();

  constructor(limits: BodyLimits) {
    this.#limits = limits;
    this.#fromAdmittedAddress = new FairBudget(
      Math.max(FROM_ADMITTED_ADDRESS, ADMITTED_SHARE * limits.maxBody),
    );
    this.#bearerAlone = new FairBudget(Math.max(BEARER_ALONE, BEARER_SHARE * limits.maxBody));
  }

  get occupancy(): Occupancy {
    return totalOccupancy(
      this.#fromAdmittedAddress.occupancy,
      this.#bearerAlone.occupancy,
      this.#unauthenticated.occupancy,
    );
  }

  /** Bytes of one body. @param isPublic whether every called procedure is public */
  limitOf(isPublic: boolean): number {
    const { maxBody } = this.#limits;
    return isPublic ? Math.min(PUBLIC_LIMIT, maxBody) : maxBody;
  }

  /** Records that a request of a credential was admitted: its next bodies from that IP address have their own memory. */
  recordAdmitted(credential: FairnessPath, address: string | null): void {
    // Anyone may call from an unknown IP address.
    if (address === null) return;
    const [, group = ''] = addressPath(address);
    this.#addresses.add(credential, group);
  }

  /**
   * The terms under which a body is read.
   * @param payer the credential that the request names; null charges the IP address
   */
  termsFor(payer: BodyPayer | null, address: string | null, isPublic: boolean): BodyTerms {
    const limit = this.limitOf(isPublic);
    const from = addressPath(address);
    const { minRate, windowMs } = this.#limits;
    const [network = '', group = ''] = from;
    if (payer && this.#addresses.has(payer.credential, group)) {
      return {
        limit,
        windowMs,
        minRate,
        slowWindows: STALLED_WINDOWS,
        budget: this.#fromAdmittedAddress,
        payer: [...payer.credential, group],
      };
    }
    if (payer?.hasValidBearer) {
      const { credential } = payer;
      const share = { budget: this.#bearerAlone, payer: [...credential, network, group] };
      return { limit, windowMs, minRate, slowWindows: STALLED_WINDOWS, ...share };
    }
    const shared = { budget: this.#unauthenticated, payer: from };
    return { limit, windowMs, minRate: UNAUTHENTICATED_PACE * minRate, slowWindows: 0, ...shared };
  }
}
