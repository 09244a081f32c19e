import { randomUUID } from 'node:crypto';
import { seconds } from '../lib/clock.ts';
import { coalesce } from '../lib/concurrency/coalesce.ts';
import { Pacer } from '../lib/concurrency/pacer.ts';
import type { Service } from '../rpc/trpc.ts';
import { withTimeout } from '../stores/database/timeout.ts';

/** How long a result is cached, in milliseconds, so that more probes cost no more statements. */
const FRESH_MS = 1_000;
/** How often calls that were not served may cause one more probe: anyone can have a call refused with 503. */
const MORE_PROBES = [{ perSecond: 2, burst: 5 }];
/** Milliseconds within which the database must respond to a probe: a slower one could not serve calls in time. */
const PROBE_TIMEOUT_MS = 3_000;
/** How often the cause of an outage is looked up, in milliseconds. */
const DIAGNOSES = [{ perSecond: 1 / 10, burst: 1 }];
/** The id under which a probe claims nonces; no key and no session has it. */
const PROBE_ID = 'readyz';

/**
 * Says whether this instance can serve a call, by doing what each call needs: it claims a nonce, which is a committed
 * write through the connections of calls, and checks the role's rights to the tables that a call uses.
 */
export class Readiness {
  readonly #service: Service;
  readonly #sharedProbe: () => Promise<boolean>;
  readonly #more = new Pacer(MORE_PROBES);
  readonly #diagnoses = new Pacer(DIAGNOSES);
  #draining = false;
  #cached: { readonly isReady: boolean; readonly until: number } | null = null;
  /** Why it is not ready; null if it is. */
  #reason: string | null = null;

  constructor(service: Service) {
    this.#service = service;
    this.#sharedProbe = coalesce(() => this.#probe());
  }

  /** Marks the instance as not ready, so that load balancers send calls elsewhere; calls are still served. */
  drain(): void {
    this.#draining = true;
  }

  /** Drops the cached result, because a call was not served. */
  invalidate(): void {
    if (this.#cached && this.#more.take([PROBE_ID]) === 0) this.#cached = null;
  }

  /** At most one probe a second reaches the database, plus two more if calls are not served, however many requests arrive. */
  async isReady(): Promise<boolean> {
    if (this.#draining) return false;
    const { vault, replay, clock } = this.#service.stores;
    // Checks that need no query run every time and are never cached.
    if (vault.lacksNewestKey || !(replay.readyAt <= seconds(clock))) return false;
    if (this.#cached && performance.now() < this.#cached.until) return this.#cached.isReady;
    return this.#sharedProbe();
  }

  async #probe(): Promise<boolean> {
    const failure = await this.#claimProbe().then(
      () => null,
      (error: unknown) => error,
    );
    this.#logChange(failure);
    const isReady = failure === null;
    if (!isReady) void this.#explain();
    this.#cached = { isReady, until: performance.now() + FRESH_MS };
    return isReady;
  }

  async #claimProbe(): Promise<void> {
    const { database, replay, clock } = this.#service.stores;
    const claim = {
      k: PROBE_ID,
      t: seconds(clock),
      nonce: randomUUID(),
      revisions: { key: null, session: null },
    };
    const [outcome] = await withTimeout(
      Promise.all([replay.claim(claim), database.ping()]),
      PROBE_TIMEOUT_MS,
    );
    if (outcome !== 'won') throw new Error(`a nonce cannot be claimed: ${outcome}`);
  }

  /** Calls time out while commits wait for a standby that is gone, and their errors do not say so. */
  async #explain(): Promise<void> {
    if (this.#diagnoses.take([PROBE_ID]) > 0) return;
    const { stores, log } = this.#service;
    const names = await stores.database.standbysAwaited?.();
    if (!names) return;
    log.warn(
      { synchronousStandbyNames: names },
      'calls cannot be served: commits wait for a synchronous standby. Start one that synchronous_standby_names lists, or let it catch up',
    );
  }

  /** Logs a change, and a new reason. */
  #logChange(err: unknown): void {
    const reason = err === null ? null : reasonOf(err);
    if (reason === this.#reason) return;
    this.#reason = reason;
    if (reason === null) this.#service.log.info('ready to serve calls');
    else this.#service.log.warn({ err }, 'not ready: calls cannot be served');
  }
}

const reasonOf = (error: unknown): string =>
  error instanceof Error ? String((error as { code?: unknown }).code ?? error.message) : String(error);
