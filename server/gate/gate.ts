import type { Bearer } from '../../shared/bearer.ts';
import type { ProcedureGuard } from '../../shared/guard.ts';
import { seconds } from '../lib/clock.ts';
import { type MaybePromise, runSteps, type Steps, waitFor } from '../lib/concurrency/maybe-promise.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Stores } from '../stores/stores.ts';
import { afterAdmission, recordRefusal } from './admission-record.ts';
import { type AuthenticatedKey, findKey, readBearer } from './bearer/bearer.ts';
import { CredentialLookups, type GateStores } from './bearer/credential-lookups.ts';
import type { Caller } from './caller/caller.ts';
import { GateCounters } from './gate-counters.ts';
import type { AdmissionOptions, AuthorizationOptions, GatePolicy } from './gate-options.ts';
import { type Charge, chargeFor } from './limits/credits.ts';
import { takeLimits } from './limits/limits.ts';
import { SessionRateLimit } from './limits/session-rate-limit.ts';
import type { SignedRequest } from './request/request.ts';
import type { Scope } from './request/scope.ts';
import { afterFailedAttemptOfClient } from './request/throttle.ts';
import { revalidateCaller } from './revalidate.ts';
import { checkAccess } from './rights/access.ts';
import { checkAddress } from './rights/address.ts';
import { checkEnvironment } from './rights/environment.ts';
import { requireFreshProof } from './rights/fresh-proof.ts';
import { requirePermission } from './rights/permission.ts';
import {
  callerOf,
  confirmSigningSession,
  findLinkedAccount,
  findSession,
  findSigningSession,
} from './session.ts';
import { claimNonce } from './signature/nonce.ts';
import {
  ageOf,
  baseDigest,
  checkSignature,
  expiryRefusal,
  type PresentedSignature,
  readSignature,
} from './signature/signature.ts';
import { keySigner, type Signer, sessionSigner } from './signature/signer.ts';
import { TokenVerifier } from './user-token/user-token.ts';

/** A caller whose rights change this often during one request gets UNAVAILABLE. */
const MAX_ATTEMPTS = 4;

/** The one choke point. Each HTTP request passes `admit` once; each procedure call passes `authorize` once. */
export class Gate {
  readonly #stores: GateStores;
  readonly #policy: GatePolicy;
  readonly #tokens: TokenVerifier;
  readonly #sessionLimit: SessionRateLimit;
  readonly lookups: CredentialLookups;
  /** Counters for the operator's metrics. */
  readonly counts = new GateCounters();

  constructor(stores: Stores, policy: GatePolicy) {
    this.lookups = new CredentialLookups(stores, policy.addressFailures);
    this.#stores = { lookups: this.lookups, ...stores };
    this.#policy = policy;
    this.#sessionLimit = new SessionRateLimit(policy.sessionCalls, stores.clock);
    this.#tokens = new TokenVerifier(stores, policy.issuer);
  }

  /**
   * Refuses in this order: bearer token → signature → nonce → user token → session → IP address. The user token and the session
   * are verified before the nonce is claimed, because the claim also checks the session's row; their refusals are reported
   * after it.
   * @returns the caller
   * @throws Refusal if any check fails
   */
  admit(request: SignedRequest, options: AdmissionOptions): MaybePromise<Caller> {
    return runSteps(this.#admit(request, options));
  }

  *#admit(request: SignedRequest, options: AdmissionOptions): Steps<Caller> {
    const { session = false, scope = null, dryRun = false } = options;
    // Only a request that another service passes to `verify` is verified within a scope.
    const source = scope === null ? 'api' : 'verify';
    try {
      const bearer = readBearer(request, this.#policy.brand, session);
      for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
        const caller = yield* this.#tryToAdmit(request, bearer, options);
        if (caller === 'stale') continue;
        if (!dryRun) this.counts.admitted.add(source);
        afterAdmission(caller, bearer.kind === 'key' ? bearer.text : null, this.#stores, dryRun);
        return caller;
      }
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, "the caller's records kept changing");
    } catch (error) {
      if (!dryRun) {
        this.counts.countRefusal(source, error);
        recordRefusal(request, error, this.#stores, source);
      }
      throw afterFailedAttemptOfClient(
        error,
        request.failureCounterKey,
        this.#policy.addressFailures,
        this.#stores,
      );
    }
  }

  /**
   * Access → permission → environment → fresh proof → limits, for one procedure call.
   * @returns the charge, to be paid once the input is valid
   */
  authorize(
    caller: Caller | null,
    guard: ProcedureGuard<string>,
    options: AuthorizationOptions,
  ): MaybePromise<Charge> {
    return runSteps(this.#authorize(caller, guard, options));
  }

  *#authorize(
    caller: Caller | null,
    guard: ProcedureGuard<string>,
    { onLimits, source = 'api', extraCounters = [], dryRun = false }: AuthorizationOptions,
  ): Steps<Charge> {
    const countRefusal = (error: unknown): void => {
      if (!dryRun) this.counts.countRefusal(source, error);
    };
    try {
      checkMayCall(caller, guard, this.#stores.clock());
      if (!dryRun) this.#sessionLimit.take(caller, onLimits);
      const key = caller?.kind === 'key' ? caller.key : null;
      const counters = key ? [...key.counters, ...extraCounters] : extraCounters;
      yield* waitFor(takeLimits(counters, this.#stores, onLimits, dryRun));
      return chargeFor(key, costOf(guard), this.#stores, countRefusal, dryRun);
    } catch (error) {
      countRefusal(error);
      throw error;
    }
  }

  /**
   * An admitted caller with the current rights; null if the caller may no longer keep a stream open, or if that cannot be
   * read. Callers that are checked together share statements.
   */
  async stillAuthorized(caller: Caller, guard: ProcedureGuard<string>): Promise<Caller | null> {
    try {
      const now = await revalidateCaller(caller, this.#stores);
      checkMayCall(now, guard, this.#stores.clock());
      return now;
    } catch {
      return null;
    }
  }

  /** Returns `stale`, and claims nothing, if the caller's records changed before the nonce claim. */
  *#tryToAdmit(request: SignedRequest, bearer: Bearer, options: AdmissionOptions): Steps<Caller | 'stale'> {
    const { scope = null } = options;
    const authenticatedKey =
      bearer.kind === 'key' ? yield* waitFor(findKey(bearer, this.#stores, request, scope)) : null;
    try {
      return yield* this.#checkSigned(request, bearer, authenticatedKey, options);
    } catch (error) {
      throw authenticatedKey && error instanceof Refusal ? error.attributeTo(authenticatedKey.key) : error;
    }
  }

  /**
   * The steps after the bearer token.
   * @param authenticatedKey the key that the bearer token belongs to; null if a session must have signed
   */
  *#checkSigned(
    request: SignedRequest,
    bearer: Bearer,
    authenticatedKey: AuthenticatedKey | null,
    { scope = null, dryRun = false }: AdmissionOptions,
  ): Steps<Caller | 'stale'> {
    const stores = this.#stores;
    const signature = readSignature(request, bearer, seconds(stores.clock));
    const token = bearer.kind === 'token' ? bearer.text : request.userToken;
    const digest = baseDigest(token);
    const signer = authenticatedKey
      ? keySigner(authenticatedKey, request.address)
      : yield* this.#findSessionSigner(request, signature, { token, digest, scope });
    yield* waitFor(checkSignature(signature, signer, request, digest, this.#policy.showsBase));
    const now = seconds(stores.clock);
    const age = ageOf(signature, now);
    if (age === 'old') throw expiryRefusal(signature, signer.signingSecret, now, stores.responseKeys);

    // Verify the token before the nonce is claimed, because the claim also checks the token's session. Throw its refusal
    // after the claim.
    const { claims, refusal } = yield* waitFor(
      authenticatedKey
        ? this.#tokens.verifyBesideKey(token, digest, now)
        : this.#tokens.verify(token, digest, now),
    );
    const session = yield* waitFor(
      authenticatedKey
        ? findSession(claims, authenticatedKey.key, stores)
        : confirmSigningSession(signer.session, stores, scope),
    );
    const key = authenticatedKey?.key ?? null;
    const person = claims && 'issuer' in claims ? claims.person : null;
    const account = key && person && (yield* waitFor(findLinkedAccount(person, key, stores)));
    const records = { key, session, person, account };
    const options = { stores, counts: this.counts, dryRun };
    const outcome = yield* waitFor(claimNonce(signature, records, options));
    if (outcome === 'stale') return 'stale';
    if (outcome === 'behind' || age === 'ahead')
      throw expiryRefusal(signature, signer.signingSecret, now, stores.responseKeys);
    if (refusal) throw refusal;
    const caller = callerOf(authenticatedKey, records, claims, stores.clock());
    checkAddress(caller, request.address);
    return caller;
  }

  /** The session that signs. A token is not verified unless the signature names a session. */
  *#findSessionSigner(
    request: SignedRequest,
    signature: PresentedSignature,
    { token, digest, scope }: PresentedToken,
  ): Steps<Signer> {
    const stores = this.#stores;
    const session = yield* waitFor(findSigningSession(signature, stores, request, scope));
    // Before the body is read: the token decides which budget pays for it. The token's refusal is thrown later, in the
    // order of the checks.
    const { claims } = yield* waitFor(this.#tokens.verify(token, digest, seconds(stores.clock)));
    return sessionSigner(session, claims);
  }
}

/** A user token, and the scope in which its session must be. */
interface PresentedToken {
  readonly token: string | null;
  readonly digest: string;
  readonly scope: Scope | null;
}

/** Access → permission → environment → fresh proof: whether a caller may make a call at all. @param now milliseconds */
function checkMayCall(caller: Caller | null, guard: ProcedureGuard<string>, now: number): void {
  checkAccess(caller, guard.access);
  if (caller === null) return;
  if ('permission' in guard && guard.permission !== undefined) requirePermission(caller, guard.permission);
  if ('environment' in guard && guard.environment !== undefined) checkEnvironment(caller, guard.environment);
  if ('stepUp' in guard && guard.stepUp) requireFreshProof(caller, now);
}

const costOf = (guard: ProcedureGuard<string>): number => ('cost' in guard ? (guard.cost ?? 1) : 1);
