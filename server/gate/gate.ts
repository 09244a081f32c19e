import type { ProcedureGuard } from '../../shared/guard.ts';
import type { LimitState } from '../../shared/limits.ts';
import type { Bearer } from '../../shared/request-rules.ts';
import { seconds } from '../lib/clock.ts';
import { type Eventual, runSteps, type Steps, settled } from '../lib/concurrency/eventual.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Counter } from '../stores/limits/rates.ts';
import type { Stores } from '../stores/stores.ts';
import { noteCall } from '../stores/usage/note-call.ts';
import { checkAccess } from './access.ts';
import { checkAddress } from './address.ts';
import { type AuthenticatedKey, findKey, readBearer } from './bearer.ts';
import type { Caller } from './caller.ts';
import { CredentialLookups, type GateStores } from './credential-lookups.ts';
import { type Charge, chargeFor } from './credits.ts';
import { checkEnvironment } from './environment.ts';
import { takeLimits } from './limits.ts';
import { claimNonce } from './nonce.ts';
import { requirePermission } from './permission.ts';
import { type CallSource, GateCounters } from './refusal-steps.ts';
import type { SignedRequest } from './request.ts';
import { revalidateCaller } from './revalidate.ts';
import type { Scope } from './scope.ts';
import { callerOf, confirmSigningSession, findSession, findSigningSession } from './session.ts';
import { SessionRateLimit } from './session-rate-limit.ts';
import { ageOf, baseDigest, checkSignature, expired, readSignature } from './signature.ts';
import { keySigner, sessionSigner } from './signer.ts';
import { countFailureOfSource } from './throttle.ts';
import { TokenVerifier } from './user-token.ts';

export interface GatePolicy {
  readonly brand: string;
  readonly issuer: string;
  /** Whether SIGNATURE_INVALID shows the base that the service built. */
  readonly showsBase: boolean;
  /** Failures a minute above which an address is throttled. */
  readonly addressFailures: number;
  /** Calls that one session may make in a minute. */
  readonly sessionCalls: number;
}

/** A caller whose rights change this often during one request gets UNAVAILABLE. */
const TRIES = 4;

/** How to admit a request. */
export interface Admission {
  /** Whether the procedure takes a session without its token (`auth.refresh`). */
  readonly session?: boolean;
  /** Callers outside the scope look unknown. */
  readonly scope?: Scope | null;
  /** Claims, counts and notes nothing. */
  readonly dry?: boolean;
}

/** How to authorize a call. */
export interface Authorization {
  /** Called with the limits after this call, whether it is refused or not. */
  readonly report: (states: readonly LimitState[]) => void;
  /** Where the call came from; the API by default. */
  readonly via?: CallSource;
  /** Limits in addition to those of the key. */
  readonly more?: readonly Counter[];
  /** Counts and spends nothing. */
  readonly dry?: boolean;
}

/** The one choke point. Each HTTP request passes `admit` once; each procedure call passes `authorize` once. */
export class Gate {
  readonly #stores: GateStores;
  readonly #policy: GatePolicy;
  readonly #tokens: TokenVerifier;
  readonly #sessions: SessionRateLimit;
  readonly lookups: CredentialLookups;
  /** Counters for the operator's metrics. */
  readonly counts = new GateCounters();

  constructor(stores: Stores, policy: GatePolicy) {
    this.lookups = new CredentialLookups(stores, policy.addressFailures);
    this.#stores = { ...stores, lookups: this.lookups };
    this.#policy = policy;
    this.#sessions = new SessionRateLimit(policy.sessionCalls, stores.clock);
    this.#tokens = new TokenVerifier(stores, policy.issuer);
  }

  /**
   * Bearer → signature → nonce → user token → session → address.
   * @returns the caller
   * @throws Refusal if any check fails
   */
  admit(request: SignedRequest, how: Admission): Eventual<Caller> {
    return runSteps(this.#admit(request, how));
  }

  *#admit(request: SignedRequest, how: Admission): Steps<Caller> {
    try {
      const bearer = readBearer(request, this.#policy.brand, how.session === true);
      for (let tries = 0; tries < TRIES; tries++) {
        const caller = yield* this.#tryToAdmit(request, bearer, how);
        if (caller === 'stale') continue;
        this.#note(caller, bearer, how);
        return caller;
      }
      throw new Refusal('UNAVAILABLE', { retryAfter: 1 }, "the caller's records kept changing");
    } catch (error) {
      if (!how.dry) this.#noteRefused(request, error, how);
      throw countFailureOfSource(error, request.failureSource, this.#policy.addressFailures, this.#stores);
    }
  }

  /**
   * Access → permission → environment → limits, for one procedure call.
   * @returns the charge, to be paid once the input is valid
   */
  authorize(caller: Caller | null, guard: ProcedureGuard<string>, how: Authorization): Eventual<Charge> {
    return runSteps(this.#authorize(caller, guard, how));
  }

  *#authorize(
    caller: Caller | null,
    guard: ProcedureGuard<string>,
    { report, via = 'api', more = [], dry = false }: Authorization,
  ): Steps<Charge> {
    const refused = (error: unknown) => dry || this.counts.refuse(via, error);
    try {
      permit(caller, guard);
      if (!dry) this.#sessions.take(caller, report);
      const key = caller?.kind === 'key' ? caller.key : null;
      const counters = key ? [...key.counters, ...more] : more;
      yield* settled(takeLimits(counters, this.#stores, report, dry));
      return chargeFor(key, costOf(guard), this.#stores, refused, dry);
    } catch (error) {
      refused(error);
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
      permit(now, guard);
      return now;
    } catch {
      return null;
    }
  }

  *#tryToAdmit(request: SignedRequest, bearer: Bearer, how: Admission): Steps<Caller | 'stale'> {
    const { scope = null } = how;
    const proven =
      bearer.kind === 'key' ? yield* settled(findKey(bearer, this.#stores, request, scope)) : null;
    try {
      return yield* this.#judgeProven(request, bearer, proven, how);
    } catch (error) {
      throw proven && error instanceof Refusal ? error.of(proven.key) : error;
    }
  }

  *#judgeProven(
    request: SignedRequest,
    bearer: Bearer,
    proven: AuthenticatedKey | null,
    { scope = null, dry = false }: Admission,
  ): Steps<Caller | 'stale'> {
    const stores = this.#stores;
    const signature = readSignature(request, bearer, seconds(stores.clock));
    const token = bearer.kind === 'token' ? bearer.text : request.userToken;
    const digest = baseDigest(token);
    // Verify a person's token before any look-up and before the body is read: it decides which budget pays for both.
    // A fault of the token is reported later, in the order of the checks.
    const earlyVerification = proven
      ? null
      : yield* settled(this.#tokens.verify(token, digest, seconds(stores.clock)));
    const { sid = null, claims: named = null } = earlyVerification ?? {};
    const signer = proven
      ? keySigner(proven, request.address)
      : sessionSigner(yield* settled(findSigningSession(signature, sid, stores, request, scope)), named);
    yield* settled(checkSignature(signature, signer, request, digest, this.#policy.showsBase));
    const now = seconds(stores.clock);
    const age = ageOf(signature, now);
    if (age === 'old') throw expired(signature, signer.signingSecret, now);

    // Verify the token before the claim, because the claim also checks the token's session. Report its fault after
    // the claim.
    const verify = proven ? 'verifyBesideKey' : 'verify';
    const { claims, wrong } = yield* settled(this.#tokens[verify](token, digest, now));
    const session = yield* settled(
      proven ? findSession(claims, proven.key, stores) : confirmSigningSession(signer.session, stores, scope),
    );
    const records = { key: proven?.key ?? null, session };
    const ahead = age === 'ahead';
    const options = { stores, counts: this.counts, dry, ahead };
    const claim = yield* settled(claimNonce(signature, records, options));
    if (claim === 'stale') return 'stale';
    if (claim === 'behind' || ahead) throw expired(signature, signer.signingSecret, now);
    if (wrong) throw wrong;
    const caller = callerOf(proven, session, claims, stores.clock());
    checkAddress(caller, request.address);
    return caller;
  }

  /** Counts a refusal by its step, and for the key that authenticated or else for the client's address. */
  #noteRefused(request: SignedRequest, error: unknown, { scope = null }: Admission): void {
    this.counts.refuse(sourceOf(scope), error);
    if (!(error instanceof Refusal)) return;
    const { key, reason } = error;
    if (key !== null) {
      for (const name of request.procedures) noteCall(this.#stores, key, name, reason, request);
      this.#stores.rejectedAttempts.note(key, reason);
      return;
    }
    // An address that a service reports is only that service's claim: no client connected to this instance from it.
    if (scope === null && request.address !== null)
      this.#stores.unauthenticatedCalls.note(request.address, reason);
  }

  /**
   * Work after an admission: rewraps secrets under the newest master key, and notes the time of the key's last
   * use.
   */
  #note(caller: Caller, bearer: Bearer, { scope = null, dry = false }: Admission): void {
    const { rewrapOnUse: renewal, lastUsed, clock } = this.#stores;
    if (!dry) this.counts.admitted.add(sourceOf(scope));
    if (caller.kind !== 'key') {
      renewal.session(caller.session);
      return;
    }
    if (bearer.kind === 'key' && !caller.pair.previous) renewal.key(caller.key, bearer.text);
    if (!dry) lastUsed.note(caller.key, clock(), caller.pair.previous);
  }
}

/** Access → permission → environment: whether a caller may make a call at all. */
function permit(caller: Caller | null, guard: ProcedureGuard<string>): void {
  checkAccess(caller, guard.access);
  if (caller === null) return;
  if ('permission' in guard && guard.permission !== undefined) requirePermission(caller, guard.permission);
  if ('environment' in guard && guard.environment !== undefined) checkEnvironment(caller, guard.environment);
}

/** Only requests that another service hands to `verify` are judged within a scope. */
const sourceOf = (scope: Scope | null): CallSource => (scope === null ? 'api' : 'verify');

const costOf = (guard: ProcedureGuard<string>): number => ('cost' in guard ? (guard.cost ?? 1) : 1);
