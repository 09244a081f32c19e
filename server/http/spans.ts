import type { SpanOutcome } from '../lib/tracing.ts';
import { OTHER, type ResponseMode } from '../metrics/metrics.ts';
import type { UsageOutcome } from '../stores/usage/usage.ts';

/** The result of a request. */
export interface RequestSummary {
  readonly id: string;
  readonly status: number;
  /** The result of each call, in any order among the calls of one procedure. */
  readonly outcomes: readonly UsageOutcome[];
  readonly mode: ResponseMode;
  /** By `performance.now()`: when the whole response was written, or a stream began. */
  readonly respondedAt: number;
  /** The authenticated key. */
  readonly keyId: string | null;
}

/** RFC 9110 §9.3 and RFC 5789; any other method is a string that the caller chose. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];

/**
 * @param procedures as `procedureLabels` has them.
 * @returns `POST keys.create`, `GET batch`; only the method if no procedure of ours is called.
 */
export function spanName(method: string | undefined, procedures: readonly string[]): string {
  const [name = OTHER, second] = procedures;
  const target = second !== undefined ? ' batch' : name !== OTHER ? ` ${name}` : '';
  return `${methodOf(method) ?? 'HTTP'}${target}`;
}

/**
 * The attributes of a request as it begins, by OpenTelemetry's conventions for HTTP (1.45). They include nothing of its target
 * but the procedure, and nothing of its headers: any string that the caller chose may be a misplaced secret.
 */
export function startAttributes(
  method: string | undefined,
  procedures: readonly string[],
  origins: readonly string[],
) {
  const [name = OTHER] = procedures;
  const [origin = ''] = origins;
  return {
    'http.request.method': methodOf(method) ?? '_OTHER',
    // The scheme of the public origin: the proxy that terminates TLS passes requests on without TLS.
    'url.scheme': origin.split(':', 1)[0] as string,
    'http.route': procedures.length === 1 && name !== OTHER ? `/api/${name}` : undefined,
  };
}

/** The attributes of a request that got its response. */
export function endAttributes({ id, status, outcomes, keyId }: RequestSummary): SpanOutcome {
  return {
    attributes: {
      'http.response.status_code': status,
      'keyseal.request_id': id,
      'keyseal.outcome': joinOutcomes(outcomes),
      ...(keyId === null ? {} : { 'keyseal.key.id': keyId }),
    },
    fault: status >= 500 ? joinOutcomes(outcomes) : null,
  };
}

const joinOutcomes = ([first = 'OK', ...others]: readonly UsageOutcome[]): string =>
  others.every((outcome) => outcome === first) ? first : 'MIXED';

const methodOf = (method: string | undefined) => METHODS.find((name) => name === method);
