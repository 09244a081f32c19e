import type { Fetch } from '../signing-fetch.ts';
import type { ReportedRequest } from './verify-input.ts';

/** Where Keyseal is, and the key with `requests:verify` that asks it. */
export interface GuardOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  /**
   * The host and port under which this service is called, as they are signed, or a list of them. A request for any other
   * host is refused with AUTHORITY_UNKNOWN.
   */
  readonly authority: string | readonly string[];
  /** Bytes of one body; 1 MiB without it. */
  readonly maxBody?: number;
  /**
   * Bytes of all bodies together, until their handlers have ended, divided by address; 64 MiB without it, or four times
   * `maxBody`. One address holds no more than a quarter. Where no address is known, callers share half, divided by the key
   * that they claim to have. A body that finds no room displaces one that has arrived for a second or longer: that gets 503. Where no response of Node tells when it is over (`fetch`, Hono
   * elsewhere), a response that nobody reads for a minute, plus the time that its last chunk takes at `minRate`, is
   * cancelled, and its share comes back. Where a caller leaves while the handler of Express, Fastify or a `node:http`
   * handler without a promise works, its share comes back when the handler ends the response, after five minutes at most.
   */
  readonly maxBuffered?: number;
  /** Bytes per second that a body arrives at on average, after 20 seconds; 1,024 without it. A slower one is 408. */
  readonly minRate?: number;
  /** Milliseconds in which Keyseal answers, or nobody is admitted; 5,000 without it. */
  readonly timeout?: number;
  /**
   * From where a request came, where a proxy of yours stands before this service, or the runtime shows no address (fetch,
   * Next, Hono elsewhere than on Node). Without it a request that carries a forwarding header is reported without an address.
   */
  readonly address?: (headers: Headers) => string | null;
  /**
   * Receives the error behind every 500 and 503, and what points to a wrong option: once for each host that is not in
   * `authority`, up to 16 hosts, once where a proxy stands before a guard without `address`, and
   * once where the runtime shows no address and there is no such option.
   */
  readonly onError?: (error: unknown) => void;
  /** In place of the global fetch. */
  readonly fetch?: Fetch;
}

/** What a route asks of its callers. */
export interface RouteRequirements {
  /** That there is a person. */
  readonly user?: boolean;
  /** What the caller must hold, a name that `KEYSEAL_PERMISSIONS` knows. */
  readonly permission?: string;
  /** The credits of a call; 1 without it. */
  readonly cost?: number;
  /** A limit of this service, beside those of the key. */
  readonly limit?: NonNullable<ReportedRequest['limit']>;
}

/** Every option, and whether it may be left out. */
const OPTIONAL: Readonly<Record<keyof GuardOptions, boolean>> = {
  url: false,
  apiKey: false,
  signingSecret: false,
  authority: false,
  maxBody: true,
  maxBuffered: true,
  minRate: true,
  timeout: true,
  address: true,
  onError: true,
  fetch: true,
};
const AMOUNTS = ['maxBody', 'maxBuffered', 'minRate', 'timeout'] as const;

/** @throws TypeError where an option is unknown or undefined, an amount is none, or a callback is no function */
export function checkGuardOptions(options: GuardOptions): GuardOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONAL, name)) {
      throw new TypeError(
        `${name} is not an option of a guard: it takes ${Object.keys(OPTIONAL).join(', ')}`,
      );
    }
    if (value === undefined && OPTIONAL[name as keyof GuardOptions]) {
      throw new TypeError(`${name} is undefined: give it a value, or leave it out`);
    }
  }
  for (const name of AMOUNTS) {
    const amount = options[name];
    if (amount !== undefined && !(amount > 0 && Number.isFinite(amount))) {
      throw new TypeError(`${name} is not a number above 0`);
    }
  }
  for (const name of ['address', 'onError', 'fetch'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function') {
      throw new TypeError(`${name} is not a function`);
    }
  }
  return options;
}
