import { FairBudget } from '../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../shared/fairness/fairness-path.ts';
import { acceptSignature, contentsIn } from '../../shared/http-signature/coverage.ts';
import { keyParts } from '../../shared/key-format.ts';
import type { Reason } from '../../shared/refusals.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { parseBase } from '../base-url.ts';
import { sha256Hex } from '../signing/hmac.ts';
import { sha512Hex } from '../signing/web-hashes.ts';
import { claimedCaller } from './admission-check.ts';
import { AlreadyAdmitted } from './already-admitted.ts';
import { BodyAlreadyRead, BodyBuffer, BodyRefused } from './body-buffer.ts';
import { BodyMemory } from './body-memory.ts';
import { identifyCaller } from './caller-address.ts';
import { type GuardResponse, refusalFor, refusalResponse } from './guard-response.ts';
import { checkGuardOptions, type GuardOptions, type RouteRequirements } from './options.ts';
import {
  findFramingFault,
  findHeadFault,
  type HeadFault,
  type HeadRules,
  type IncomingRequest,
  type RequestHead,
  readAuthorities,
} from './request-head.ts';
import { UnknownHosts } from './unknown-hosts.ts';
import { type ValidVerdict, VerifyClient } from './verify-client.ts';
import type { ReportedRequest } from './verify-input.ts';

/** An admitted caller: the verdict of `verify`, with the bytes of the body that it covers. */
export type Admitted = ValidVerdict & {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The URL of the Keyseal service that responded, with its base path. */
  readonly keyseal: string;
};

/** Either an admitted caller, or a response that refuses. */
export type GuardVerdict =
  | {
      readonly admitted: Admitted;
      /** Releases the body's memory: call it when the handler has ended. */
      readonly release: () => void;
    }
  | { readonly refused: GuardResponse };

const MIB = 1024 * 1024;
/** An IP address may hold a quarter of the budget while no other holds any (`FairBudget`). */
const SHARE = 4;
/** The maximum number of concurrent calls of `verify`. */
const MAX_VERIFYING = 1024;

/** Verifies requests: by their heads, then by Keyseal. Anything but an explicit admission refuses: an outage is 503. */
export class RequestVerifier {
  readonly #options: GuardOptions;
  readonly #rules: HeadRules;
  /** Bytes per second of a body, and of the client that reads a response. */
  readonly minRate: number;
  readonly #base: string;
  readonly #verifyClient: VerifyClient;
  /** Bytes of bodies, until their handlers have ended. */
  readonly #memory: BodyMemory;
  readonly #verifying = new FairBudget(MAX_VERIFYING);
  readonly #unknownHosts: UnknownHosts;
  readonly #reportedOnce = new Set<string>();

  constructor(options: GuardOptions) {
    const { apiKey, authority, url, maxBody = MIB, minRate = 1024 } = checkGuardOptions(options);
    this.#options = options;
    this.#verifyClient = new VerifyClient(options);
    // All keys of one Keyseal service have the same brand: a bearer token with another prefix is a user token.
    const { brand } = keyParts(apiKey);
    this.#rules = { authorities: readAuthorities(authority), brand, maxBody };
    this.#unknownHosts = new UnknownHosts(this.#rules.authorities.values());
    this.minRate = minRate;
    this.#base = parseBase(url);
    this.#memory = new BodyMemory(options.maxBuffered ?? Math.max(64 * MIB, SHARE * maxBody));
  }

  /** @param receive reads the head of a request, and throws if another guard ran, or the body was consumed, before */
  async verify(receive: () => IncomingRequest, requirements: RouteRequirements): Promise<GuardVerdict> {
    let head: RequestHead | null = null;
    const receiveOnce = () => {
      const request = receive();
      head = request.head;
      return request;
    };
    const verdict = await this.#verify(receiveOnce, requirements);
    return 'refused' in verdict ? { refused: withAcceptSignature(verdict.refused, head) } : verdict;
  }

  async #verify(receive: () => IncomingRequest, requirements: RouteRequirements): Promise<GuardVerdict> {
    let body: BodyBuffer | null = null;
    let missingOption: string | null = null;
    try {
      const { head, read } = receive();
      const framingFault = findFramingFault(head);
      if (framingFault !== null)
        return { refused: closeAfter(this.#headRefusal(framingFault), head.httpVersion) };
      const fault = findHeadFault(head, this.#rules);
      if (fault?.reason === 'AUTHORITY_UNKNOWN') this.#reportHost(head.host);
      if (fault !== null) return { refused: this.#headRefusal(fault) };
      const caller = identifyCaller(head, this.#options.address);
      missingOption = caller.missingOption;
      const buffer = new BodyBuffer(this.#rules.maxBody, this.#memory, caller.group);
      body = buffer;
      await read(buffer, this.minRate);
      const bytes = buffer.whole();
      const input = this.#input(head, caller.reported, await digestsOf(bytes, head), requirements);
      const claimed = claimedCaller(head, this.#rules.brand);
      const callVerify = () => this.#verifyClient.verify(input, claimed);
      const verdict = await this.#withinFairShare(caller.group, callVerify);
      this.#reportOnce(missingOption);
      if ('refused' in verdict) return verdict;
      body = null;
      const admitted = { ...verdict.valid, body: bytes, keyseal: this.#base };
      return { admitted, release: () => buffer.release() };
    } catch (error) {
      // A share is used up, perhaps because callers cannot be distinguished.
      if (error instanceof BodyRefused) this.#reportOnce(missingOption);
      return { refused: this.refuse(this.#reasonOf(error)) };
    } finally {
      body?.release();
    }
  }

  /** A response by the guard itself. */
  refuse(reason: Reason): GuardResponse {
    return refusalResponse(refusalFor(reason, this.#base, reason === 'UNAVAILABLE' ? { retryAfter: 1 } : {}));
  }

  /** A response to a verified body that cannot be parsed. */
  refuseBody(message: string): GuardResponse {
    const issues = [{ path: 'body', message }];
    return refusalResponse(refusalFor('INPUT_INVALID', this.#base, { issues }));
  }

  #headRefusal({ reason, issue }: HeadFault): GuardResponse {
    return refusalResponse(refusalFor(reason, this.#base, issue === undefined ? {} : { issues: [issue] }));
  }

  /** Passes an error to `onError`, and ignores what `onError` itself throws or rejects with. */
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
    return error instanceof BodyAlreadyRead || error instanceof AlreadyAdmitted ? 'INTERNAL' : 'UNAVAILABLE';
  }

  #reportOnce(message: string | null): void {
    if (message === null || this.#reportedOnce.has(message)) return;
    this.#reportedOnce.add(message);
    this.report(new Error(message));
  }

  /** Calls `verify` only within the callers' share of the concurrent calls. */
  async #withinFairShare<T>(group: FairnessPath, callVerify: () => Promise<T>): Promise<T> {
    if (!this.#verifying.take(group, 1)) {
      throw new BodyRefused('UNAVAILABLE', 'Too many requests from this IP address are waiting for Keyseal.');
    }
    try {
      return await callVerify();
    } finally {
      this.#verifying.release(group, 1);
    }
  }

  #input(
    { method, target, otherTargets = () => [], headers, host }: RequestHead,
    address: string | null,
    digests: Pick<ReportedRequest, 'bodySha256' | 'bodySha512'>,
    { user, permission, cost, limit }: RouteRequirements,
  ): ReportedRequest {
    const { basePath = '' } = this.#options;
    const others = otherTargets().map((other) => basePath + other);
    return {
      method,
      target: basePath + target,
      ...(others.length === 0 ? {} : { otherTargets: others }),
      headers: headers.map(([name, value]) => [name, value]),
      authority: this.#rules.authorities.get(host.toLowerCase()) ?? '',
      ...digests,
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

/** The same response; a 401 also says what a signature of the request must cover (RFC 9421 §5.1). */
function withAcceptSignature(response: GuardResponse, head: RequestHead | null): GuardResponse {
  if (response.status !== 401 || head === null) return response;
  const contents = contentsIn(headerValues(head.headers.flat()));
  return { ...response, headers: { ...response.headers, 'accept-signature': acceptSignature(contents) } };
}

/** The same response, as the last of its connection; HTTP/2 frames its messages, and has no such header (RFC 9113 §8.2.2). */
const closeAfter = (response: GuardResponse, httpVersion: string | null): GuardResponse =>
  httpVersion === '2.0' ? response : { ...response, headers: { ...response.headers, connection: 'close' } };

/** The digests of a body that Keyseal needs: SHA-512 only if the request itself has one (RFC 9530). */
async function digestsOf(
  bytes: Uint8Array<ArrayBuffer>,
  { headers }: RequestHead,
): Promise<Pick<ReportedRequest, 'bodySha256' | 'bodySha512'>> {
  const bodySha256 = await sha256Hex(bytes);
  const needsSha512 = headers.some(
    ([name, value]) => name.toLowerCase() === 'content-digest' && value.includes('sha-512'),
  );
  return needsSha512 ? { bodySha256, bodySha512: await sha512Hex(bytes) } : { bodySha256 };
}
