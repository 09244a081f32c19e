import { isAuthority } from '../../shared/authority.ts';
import { parseBearer, proofsIn, TOKEN_BESIDE_TOKEN } from '../../shared/bearer.ts';
import type { Fault } from '../../shared/form-rules.ts';
import { framingFault } from '../../shared/framing.ts';
import { readStandardSignature } from '../../shared/http-signature/read.ts';
import {
  GUARDED_METHODS,
  headersFault,
  headerTextFault,
  headerValues,
  methodFault,
  parseApiTarget,
  targetFault,
} from '../../shared/request-rules.ts';
import { parseSignature } from '../../shared/signature.ts';
import type { BodyBuffer } from './body-buffer.ts';

/** A request as it arrived at a service, without its body. */
export interface RequestHead {
  readonly method: string;
  /** Such as `1.1`; null if the runtime does not show it. */
  readonly httpVersion: string | null;
  /** Path and query as on the request line. */
  readonly target: string;
  /** Makes other spellings of the target, if the runtime may have rewritten it: only for a request that is not refused before. */
  readonly otherTargets?: () => readonly string[];
  /** Every header in order, including repeated ones. */
  readonly headers: readonly (readonly [string, string])[];
  /** The host that the caller addressed: `host`, or the runtime's substitute. */
  readonly host: string;
  /** The IP address of the connection's peer; null if the runtime does not show it. */
  readonly peer: string | null;
}

/** A request whose body has not been read. */
export interface IncomingRequest {
  readonly head: RequestHead;
  /**
   * Reads the body to its end.
   * @param minRate bytes per second
   * @throws BodyRefused
   */
  read(body: BodyBuffer, minRate: number): Promise<void>;
}

/** The guard's requirements on heads. */
export interface HeadRules {
  /** From `authoritiesOf`. */
  readonly authorities: ReadonlyMap<string, string>;
  readonly brand: string;
  readonly maxBody: number;
}

/** Why a guard refuses a request by its head, with the broken rule if it is a request-format rule. */
export type HeadFault = Pick<Fault, 'reason'> & Partial<Fault>;

/** Why the end of a request is ambiguous, or null: its connection must be closed after the refusal. */
export function findFramingFault({ httpVersion, headers }: RequestHead): HeadFault | null {
  return framingFault(httpVersion, headerValues(headers.flat()));
}

/**
 * Why Keyseal would refuse a request before it checks any credential, by the same rules and in the same order; null if it
 * would not. Whether `t` is recent is left to Keyseal: its refusal of a wrong clock proves the correct time.
 */
export function findHeadFault(
  { method, target, headers, host }: RequestHead,
  rules: HeadRules,
): HeadFault | null {
  const raw = headers.flat();
  const values = headerValues(raw);
  const declared = Number(values('content-length')[0] ?? 0);
  return (
    targetFault(target) ??
    (target.startsWith('/api/') ? apiTargetFault(target) : null) ??
    headerTextFault(headers) ??
    headersFault(raw, values) ??
    (rules.authorities.has(host.toLowerCase()) ? null : { reason: 'AUTHORITY_UNKNOWN' }) ??
    methodFault(method, GUARDED_METHODS, values) ??
    (declared > rules.maxBody ? { reason: 'BODY_TOO_LARGE' } : null) ??
    findProofFault(proofsIn(values), rules.brand)
  );
}

function apiTargetFault(target: string): HeadFault | null {
  const read = parseApiTarget(target);
  return 'reason' in read ? read : null;
}

function findProofFault(proofs: ReturnType<typeof proofsIn>, brand: string): HeadFault | null {
  const bearer = parseBearer(proofs, brand);
  if (bearer === 'REQUEST_MALFORMED') return TOKEN_BESIDE_TOKEN;
  if (typeof bearer === 'string') return { reason: bearer };
  if (proofs.signature !== null)
    return parseSignature(proofs.signature) === null ? { reason: 'SIGNATURE_MALFORMED' } : null;
  const read = readStandardSignature(proofs.fields, bearer);
  return 'reason' in read ? read : null;
}

const FORWARDING = ['x-forwarded-for', 'forwarded', 'x-real-ip'];

/** Whether a request carries a forwarding header, written by a proxy or by the caller. */
export const isForwarded = ({ headers }: RequestHead): boolean =>
  headers.some(([name]) => FORWARDING.includes(name.toLowerCase()));

/**
 * Maps each accepted `host` header, in lowercase, to the authority that is signed for it: the same with or without the
 * default port of http or https. Hosts are compared as strings and never parsed.
 * @throws TypeError if the list is empty, or contains a string that is not a host
 */
export function readAuthorities(authority: string | readonly string[]): ReadonlyMap<string, string> {
  const list: readonly unknown[] = typeof authority === 'string' ? [authority] : (authority ?? []);
  if (!Array.isArray(list) || list.length === 0) throw new TypeError(WANTED);
  const known = new Map<string, string>();
  for (const item of list) {
    const name = typeof item === 'string' ? item.toLowerCase() : '';
    if (name === '' || !isAuthority(name)) throw new TypeError(WANTED);
    const hasPort = /:\d+$/.test(name);
    for (const host of hasPort ? [name] : [name, `${name}:80`, `${name}:443`]) known.set(host, name);
  }
  return known;
}

const WANTED =
  'authority is not a host such as shop.example.com or localhost:4000, or a list of them: name each host under which callers reach this service, as they sign it';
