import type { Guard } from '../../shared/guard.ts';
import { Refusal } from '../refusal.ts';
import { seconds } from '../stores/clock.ts';
import type { SessionRecord } from '../stores/credential-rows.ts';
import type { Stores } from '../stores/stores.ts';
import { checkAccess } from './access.ts';
import { checkAddress } from './address.ts';
import { type Bearer, findKey, readBearer } from './bearer.ts';
import type { Caller } from './caller.ts';
import { claimNonce } from './nonce.ts';
import { checkPermission } from './permission.ts';
import type { SealedRequest } from './request.ts';
import { callerOf, findSession, findSigningSession } from './session.ts';
import { ageOf, checkSignature, expired, readSignature } from './signature.ts';
import { readAgain } from './standing.ts';
import { throttled } from './throttle.ts';
import { TokenVerifier } from './token.ts';

export interface GatePolicy {
  readonly brand: string;
  readonly issuer: string;
  /** Whether SIGNATURE_INVALID tells the base that was built. */
  readonly tellBase: boolean;
  /** Failures a minute from which an address is throttled. */
  readonly addressFailures: number;
}

/** A standing that changes this often within one request is not waited for. */
const TRIES = 4;

/** The one choke point: `admit` once per HTTP request, `authorize` once per procedure call. */
export class Gate {
  readonly #stores: Stores;
  readonly #policy: GatePolicy;
  readonly #tokens: TokenVerifier;

  constructor(stores: Stores, policy: GatePolicy) {
    this.#stores = stores;
    this.#policy = policy;
    this.#tokens = new TokenVerifier(stores, policy.issuer);
  }

  /**
   * Bearer → signature → nonce → user token → session → address: who calls, or a refusal.
   * @param session whether a session without its token is what the procedure takes (`auth.refresh`)
   */
  async admit(request: SealedRequest, session: boolean): Promise<Caller> {
    try {
      const bearer = readBearer(request, this.#policy.brand, session);
      for (let tries = 0; tries < TRIES; tries++) {
        const caller = await this.#judge(request, bearer);
        if (caller === 'stale') continue;
        if (caller.kind !== 'key') this.#stores.renewal.session(caller.session);
        else if (bearer.kind === 'key' && !caller.pair.previous)
          this.#stores.renewal.key(caller.key, bearer.text);
        return caller;
      }
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'the standing of the caller kept changing');
    } catch (error) {
      throw throttled(error, request.address, this.#policy.addressFailures, this.#stores);
    }
  }

  /** Access → permission, for one procedure call. */
  authorize(caller: Caller | null, guard: Guard<string>): void {
    checkAccess(caller, guard.access);
    if (caller !== null && 'permission' in guard) checkPermission(caller, guard.permission);
  }

  /**
   * Whether a caller who was admitted may still hold a stream open: read anew, and refused in doubt.
   */
  async stands(caller: Caller, guard: Guard<string>): Promise<boolean> {
    try {
      this.authorize(await readAgain(caller, this.#stores), guard);
      return true;
    } catch {
      return false;
    }
  }

  async #judge(request: SealedRequest, bearer: Bearer): Promise<Caller | 'stale'> {
    const stores = this.#stores;
    const proven = bearer.kind === 'key' ? await findKey(bearer, stores) : null;
    const signature = readSignature(request.signature, seconds(stores.clock));
    const signer = proven
      ? { id: proven.key.id, signingSecret: proven.signingSecret }
      : await findSigningSession(signature, stores);
    const token = bearer.kind === 'token' ? bearer.text : request.userToken;
    await checkSignature(signature, signer, request, token, this.#policy.tellBase);
    const now = seconds(stores.clock);
    const age = ageOf(signature, now);
    if (age === 'old') throw expired(signature, signer.signingSecret, now);

    // Verified before the nonce is claimed, since the claim stands on its session too, and told after it.
    const { claims, wrong } = await this.#tokens.verify(token, now);
    const session = proven
      ? await findSession(claims, proven.key.workspaceId, stores)
      : (signer as SessionRecord);
    const claim = await claimNonce(signature, proven?.key ?? null, session, stores);
    if (claim === 'stale') return 'stale';
    if (claim === 'behind' || age === 'ahead') throw expired(signature, signer.signingSecret, now);
    if (wrong) throw wrong;
    const caller = callerOf(proven, session, claims, stores.clock());
    checkAddress(caller, request.address);
    return caller;
  }
}
