import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import { addressKey, type FairnessKey } from '../../shared/fairness/fairness-key.ts';
import { plainAddress } from '../../shared/ip.ts';
import { keyParts } from '../../shared/key-format.ts';
import type { Reason } from '../../shared/refusals.ts';
import { sha256Hex } from '../hmac.ts';
import { answerOf, type GuardAnswer, ownRefusal } from './answer.ts';
import { BodyAlreadyRead, BodyBuffer, BodyRefused } from './body-buffer.ts';
import { checkGuardOptions, type GuardOptions, type RouteRequirements } from './options.ts';
import {
  type HeadRules,
  type IncomingRequest,
  isForwarded,
  type RequestHead,
  readAuthorities,
  refuseFraming,
  refuseHead,
} from './request-head.ts';
import { UnknownHosts } from './unknown-hosts.ts';
import { type Valid, Verifier } from './verifier.ts';
import type { ReportedRequest } from './verify-input.ts';

/** Who was let through: the answer of `verify`, with the bytes that were judged. */
export type Admitted = Valid & {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The origin of the Keyseal that said so. */
  readonly keyseal: string;
};

/** Either somebody is admitted, or there is an answer that says why not. */
export type GuardVerdict =
  | {
      readonly admitted: Admitted;
      /** Gives back the memory of the body: to be called when the handler has ended. */
      readonly release: () => void;
    }
  | { readonly refused: GuardAnswer };

const MIB = 1024 * 1024;
/** An address may hold a quarter of the budget while nobody else holds any (`FairBudget`). */
const SHARE = 4;
/** Requests for which Keyseal is asked at the same time. */
const MAX_VERIFYING = 1024;

/** Judges requests: by what their heads say, then by Keyseal. Whatever is no clear yes is a refusal: an outage is 503. */
export class RequestJudge {
  readonly #options: GuardOptions;
  readonly #rules: HeadRules;
  /** Bytes per second of a body, and of whoever reads a response. */
  readonly minRate: number;
  readonly #origin: string;
  readonly #verifier: Verifier;
  /** Bytes of bodies, until their handlers have ended. */
  readonly #budget: FairBudget;
  readonly #verifying = new FairBudget(MAX_VERIFYING);
  readonly #unknownHosts: UnknownHosts;
  #toldOfProxy = false;

  constructor(options: GuardOptions) {
    const { apiKey, authority, url, maxBody = MIB, minRate = 1024 } = checkGuardOptions(options);
    this.#options = options;
    this.#verifier = new Verifier(options);
    // Keys of one Keyseal have one brand: what begins otherwise is a user token.
    const { brand } = keyParts(apiKey);
    this.#rules = { authorities: readAuthorities(authority), brand, maxBody };
    this.#unknownHosts = new UnknownHosts(this.#rules.authorities.values());
    this.minRate = minRate;
    this.#origin = new URL(url).origin;
    this.#budget = new FairBudget(options.maxBuffered ?? Math.max(64 * MIB, SHARE * maxBody));
  }

  /** @param receive looks at a request, and throws BodyAlreadyRead where its bytes are gone */
  async judge(receive: () => IncomingRequest, asked: RouteRequirements): Promise<GuardVerdict> {
    let body: BodyBuffer | null = null;
    try {
      const { head, read } = receive();
      const unsound = refuseFraming(head);
      if (unsound !== null) return { refused: closing(this.refuse(unsound)) };
      const reason = refuseHead(head, this.#rules);
      if (reason === 'AUTHORITY_UNKNOWN') this.#reportHost(head.host);
      if (reason !== null) return { refused: this.refuse(reason) };
      const address = this.#addressOf(head);
      const held = new BodyBuffer(this.#rules.maxBody, this.#budget, address.group);
      body = held;
      await read(held, this.minRate);
      const bytes = held.whole();
      const input = this.#input(head, address.reported, await sha256Hex(bytes), asked);
      const verdict = await this.#inTurn(address.group, () => this.#verifier.ask(input));
      if ('refused' in verdict) return verdict;
      body = null;
      const admitted = { ...verdict.valid, body: bytes, keyseal: this.#origin };
      return { admitted, release: () => held.release() };
    } catch (error) {
      return { refused: this.refuse(this.#reasonOf(error)) };
    } finally {
      body?.release();
    }
  }

  /** An answer of the guard itself. */
  refuse(reason: Reason): GuardAnswer {
    return answerOf(ownRefusal(reason, this.#origin, reason === 'UNAVAILABLE' ? { retryAfter: 1 } : {}));
  }

  /** Hands an error to `onError`. What `onError` itself throws, now or later, is dropped. */
  report(error: unknown): void {
    try {
      const reported: unknown = this.#options.onError?.(error);
      void Promise.resolve(reported).catch(() => {});
    } catch {}
  }

  #reportHost(host: string): void {
    const error = this.#unknownHosts.note(host);
    if (error !== null) this.report(error);
  }

  #reasonOf(error: unknown): Reason {
    if (error instanceof BodyRefused && error.reason !== 'UNAVAILABLE') return error.reason;
    this.report(error);
    return error instanceof BodyAlreadyRead ? 'INTERNAL' : 'UNAVAILABLE';
  }

  /** From where a request came: as Keyseal is told, and as memory and turns are divided. */
  #addressOf(head: RequestHead): { readonly reported: string | null; readonly group: FairnessKey } {
    const { address } = this.#options;
    const peer = head.peer === null ? null : plainAddress(head.peer);
    if (address) {
      const reported = address(new Headers(head.headers.map(([name, value]) => [name, value]))) || null;
      return { reported, group: addressKey(reported ?? peer) };
    }
    if (peer === null || !isForwarded(head)) return { reported: peer, group: addressKey(peer) };
    if (!this.#toldOfProxy) this.report(new Error(BEHIND_PROXY));
    this.#toldOfProxy = true;
    return { reported: null, group: addressKey(peer) };
  }

  /** Asks for one more of these callers only within their share of what may be under way. */
  async #inTurn<T>(group: FairnessKey, ask: () => Promise<T>): Promise<T> {
    if (!this.#verifying.take(group, 1)) {
      throw new BodyRefused('UNAVAILABLE', 'Too many requests of this address wait for Keyseal.');
    }
    try {
      return await ask();
    } finally {
      this.#verifying.giveBack(group, 1);
    }
  }

  #input(
    { method, target, headers, host }: RequestHead,
    address: string | null,
    bodySha256: string,
    { user, permission, cost, limit }: RouteRequirements,
  ): ReportedRequest {
    return {
      method,
      target,
      headers: headers.map(([name, value]) => [name, value]),
      authority: this.#rules.authorities.get(host.toLowerCase()) ?? '',
      bodySha256,
      ...(address === null ? {} : { address }),
      require: {
        ...(user === undefined ? {} : { user }),
        ...(permission === undefined ? {} : { permission }),
      },
      ...(cost === undefined ? {} : { cost }),
      ...(limit === undefined ? {} : { limit }),
    };
  }
}

/** The same answer, as the last of its connection. */
const closing = (answer: GuardAnswer): GuardAnswer => ({
  ...answer,
  headers: { ...answer.headers, connection: 'close' },
});

const BEHIND_PROXY =
  'Requests carry a forwarding header, and the guard has no option "address": it reports no address, so that keys with allowedAddresses are refused with IP_DENIED. Give createGuard an address function that reads what your own proxy says.';
