import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { Reason } from '../../shared/refusals.ts';
import { createKeysealClient, type KeysealClient } from '../create-client.ts';
import { sha256Hex } from '../hmac.ts';
import type { KeysealRouter } from '../router.ts';
import type { Fetch } from '../signing-fetch.ts';
import { type Answer, answerOf, ownRefusal } from './answer.ts';
import { BodyAlreadyRead, BodyRefused, Budget, type Received } from './received.ts';

/** Where Keyseal is, and the key with `requests:verify` that asks it. */
export interface GuardOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  /** The host and port under which this service is called, as they are signed; the request's `host` without it. */
  readonly authority?: string;
  /** Bytes of one body; 1 MiB without it. */
  readonly maxBody?: number;
  /** Milliseconds in which Keyseal answers, or nobody is admitted; 5,000 without it. */
  readonly timeout?: number;
  /** From where a request came, where a proxy of yours stands before this service. */
  readonly address?: (headers: Headers) => string | null;
  /** Told why a request was answered with 500 or 503. */
  readonly onError?: (error: unknown) => void;
  /** In place of the global fetch. */
  readonly fetch?: Fetch;
}

type VerifyInput = inferRouterInputs<KeysealRouter>['verify'];
type VerifyOutput = inferRouterOutputs<KeysealRouter>['verify'];

/** What a route asks of its callers. */
export interface Asked {
  /** That there is a person. */
  readonly user?: boolean;
  /** What the caller must hold, a name that `KEYSEAL_PERMISSIONS` knows. */
  readonly permission?: string;
  /** The credits of a call; 1 without it. */
  readonly cost?: number;
  /** A limit of this service, beside those of the key. */
  readonly limit?: NonNullable<VerifyInput['limit']>;
}

/** Who was let through: the answer of `verify`, with the bytes that were judged. */
export type Admitted = Extract<VerifyOutput, { valid: true }> & {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The origin of the Keyseal that said so. */
  readonly keyseal: string;
};

/** Either somebody is admitted, or there is an answer that says why not. */
export type Verdict = { readonly admitted: Admitted } | { readonly refused: Answer };

/** All bodies that a guard reads at once, in bytes. */
const BUDGET = 64 * 1024 * 1024;

/** Asks Keyseal about requests. Whatever is no clear yes is a refusal: an outage is 503. */
export class Judge {
  readonly maxBody: number;
  readonly budget: Budget;
  readonly #options: GuardOptions;
  readonly #origin: string;
  readonly #keyseal: KeysealClient;

  constructor(options: GuardOptions) {
    const { url, apiKey, signingSecret, fetch, maxBody = 1024 * 1024 } = options;
    this.maxBody = maxBody;
    this.budget = new Budget(Math.max(BUDGET, maxBody));
    this.#options = options;
    this.#origin = new URL(url).origin;
    this.#keyseal = createKeysealClient({ url, apiKey, signingSecret, ...(fetch ? { fetch } : {}) });
  }

  /** @param receive reads the request whole */
  async judge(receive: () => Promise<Received>, asked: Asked): Promise<Verdict> {
    try {
      const received = await receive();
      const verdict = await this.#ask(await this.#input(received, asked));
      // Of a dry run nobody asked here; what it says admits nobody.
      if (!('valid' in verdict)) throw new Error('Keyseal answered what was not asked.');
      if (verdict.valid === true)
        return { admitted: { ...verdict, body: received.body, keyseal: this.#origin } };
      const { valid, limits, ...refused } = verdict;
      return {
        refused: answerOf(
          refused,
          limits.map(({ resetAt, ...rest }) => ({ ...rest, resetAt: Date.parse(resetAt) })),
        ),
      };
    } catch (error) {
      const reason = this.#reasonOf(error);
      return { refused: this.refuse(reason) };
    }
  }

  /** An answer of the guard itself. */
  refuse(reason: Reason): Answer {
    return answerOf(ownRefusal(reason, this.#origin, reason === 'UNAVAILABLE' ? { retryAfter: 1 } : {}));
  }

  #reasonOf(error: unknown): Reason {
    if (error instanceof BodyRefused && error.reason !== 'UNAVAILABLE') return error.reason;
    this.#options.onError?.(error);
    return error instanceof BodyAlreadyRead ? 'INTERNAL' : 'UNAVAILABLE';
  }

  async #input(received: Received, { user, permission, cost, limit }: Asked): Promise<VerifyInput> {
    const { method, target, headers, body } = received;
    const proxied = this.#options.address;
    const address = proxied
      ? proxied(new Headers(headers.map(([name, value]) => [name, value])))
      : received.address;
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? '';
    return {
      method,
      target,
      headers: headers.map(([name, value]) => [name, value]),
      authority: this.#options.authority ?? host.toLowerCase(),
      bodySha256: await sha256Hex(body),
      ...(address === null ? {} : { address }),
      require: {
        ...(user === undefined ? {} : { user }),
        ...(permission === undefined ? {} : { permission }),
      },
      ...(cost === undefined ? {} : { cost }),
      ...(limit === undefined ? {} : { limit }),
    };
  }

  /** Rejects where there is no answer in time. It is asked once: a second time its nonce would be used. */
  async #ask(input: VerifyInput): Promise<VerifyOutput> {
    const { timeout = 5_000 } = this.#options;
    const signal = AbortSignal.timeout(timeout);
    const late = new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    return Promise.race([this.#keyseal.verify.mutate(input, { signal }), late]);
  }
}
