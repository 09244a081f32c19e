import type { CustomFetch } from '../calls/transport.ts';
import type { ReportedRequest } from './verify-input.ts';

/** The URL of Keyseal, a key with `requests:verify`, and how the guard reads requests. */
export interface GuardOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly signingSecret: string;
  /**
   * The host and port that callers sign for this service, or a list of them. The guard refuses a request for any other host
   * with AUTHORITY_UNKNOWN.
   */
  readonly authority: string | readonly string[];
  /**
   * The path, such as `/shop`, that Next's `basePath` or your own proxy strips from a target before the guard sees it. The client
   * signed it, so the guard puts it back.
   */
  readonly basePath?: string;
  /** Maximum bytes of one body; default 1 MiB. */
  readonly maxBody?: number;
  /**
   * Maximum bytes of all bodies until their handlers end, divided by IP address; default 64 MiB or four times `maxBody`. One
   * address gets at most a quarter. If no address is known, callers share half, divided by the key that they name.
   * If a body does not fit, one that has been arriving for a second or longer is refused with 503 to free memory. If Node
   * does not report the end of a response (`fetch`, Hono outside Node), a response that is not read for a minute, plus the
   * time that its last chunk takes at `minRate`, is cancelled and frees its share. If a caller disconnects while a
   * handler runs, its share is free when the handler ends, or after five minutes.
   */
  readonly maxBuffered?: number;
  /** Minimum average bytes per second of a body after 20 seconds; default 1,024. A slower body is refused with 408. */
  readonly minRate?: number;
  /** Milliseconds that Keyseal has to respond; default 5,000. After that, callers get 503. */
  readonly timeout?: number;
  /**
   * Returns the caller's IP address. Set it if your own proxy is in front of this service, or if the runtime shows no
   * address (fetch, Next, Hono outside Node). Without it, the guard reports no address for a request with a forwarding header.
   */
  readonly address?: (headers: Headers) => string | null;
  /**
   * Receives the error behind every 500 and 503, and errors that suggest a wrong option: once for each host that is not in
   * `authority`, up to 16 hosts, once if a request has passed a proxy and `address` is missing, and once if the runtime
   * shows no address and `address` is missing.
   */
  readonly onError?: (error: unknown) => void;
  /** Replaces the global fetch. */
  readonly fetch?: CustomFetch;
}

/** The requirements of a route. */
export interface RouteRequirements {
  /** Requires a user: a session, or a key that calls on behalf of one. */
  readonly user?: boolean;
  /** The permission that the caller must have, one of `KEYSEAL_PERMISSIONS`. */
  readonly permission?: string;
  /** The cost of a call in credits; default 1. */
  readonly cost?: number;
  /** A limit of this service, in addition to those of the key. */
  readonly limit?: NonNullable<ReportedRequest['limit']>;
}

/** Every option, and whether it is optional. */
const OPTIONAL: Readonly<Record<keyof GuardOptions, boolean>> = {
  url: false,
  apiKey: false,
  signingSecret: false,
  authority: false,
  basePath: true,
  maxBody: true,
  maxBuffered: true,
  minRate: true,
  timeout: true,
  address: true,
  onError: true,
  fetch: true,
};
const AMOUNTS = ['maxBody', 'maxBuffered', 'minRate', 'timeout'] as const;

/** @throws TypeError if an option is unknown, undefined or malformed */
export function checkGuardOptions(options: GuardOptions): GuardOptions {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(OPTIONAL, name)) {
      throw new TypeError(
        `${name} is not an option of a guard, which accepts ${Object.keys(OPTIONAL).join(', ')}`,
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
  const { basePath } = options;
  if (basePath !== undefined && !(typeof basePath === 'string' && BASE_PATH.test(basePath))) {
    throw new TypeError('basePath is not a path such as /shop: begin with a slash, and end without one');
  }
  return options;
}

/** Segments of characters that no client encodes. */
const BASE_PATH = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)+$/;
