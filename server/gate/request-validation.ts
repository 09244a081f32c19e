import { framingFault } from '../../shared/framing.ts';
import type { Reason } from '../../shared/refusals.ts';
import {
  type ApiTarget,
  type HeaderValues,
  headersFault,
  headerTextFault,
  methodFault,
  parseApiTarget,
  targetFault,
} from '../../shared/request-rules.ts';
import { Refusal } from '../lib/refusal.ts';

/** Refuses with REQUEST_MALFORMED a request target that can be read in two ways. */
export const checkTarget = (target: string): void => refuse(targetFault(target));

/** Refuses with REQUEST_MALFORMED a reported header that no parser of HTTP lets through. */
export const checkHeaderTexts = (headers: readonly (readonly [string, string])[]): void =>
  refuse(headerTextFault(headers));

/** Refuses with REQUEST_MALFORMED a reported request whose end two servers could see in different places. */
export const checkReportedFraming = (values: HeaderValues): void => refuse(framingFault(null, values));

/** Refuses what no header list of an honest client holds, each with its own reason. */
export const checkHeaders = (rawHeaders: readonly string[], values: HeaderValues): void =>
  refuse(headersFault(rawHeaders, values));

/**
 * Refuses HEAD, and every other method that is not taken, with METHOD_NOT_SUPPORTED, and a body where there can be
 * none with REQUEST_MALFORMED.
 */
export function checkMethod<M extends string>(
  method: string | undefined,
  taken: readonly M[],
  values: HeaderValues,
): M {
  refuse(methodFault(method, taken, values));
  return method as M;
}

/** Takes a sound target under `/api/` apart. Refuses with REQUEST_MALFORMED what can be read in two ways. */
export function readApiTarget(target: string): ApiTarget {
  const read = parseApiTarget(target);
  if (!read) throw new Refusal('REQUEST_MALFORMED');
  return read;
}

function refuse(reason: Reason | null): void {
  if (reason !== null) throw new Refusal(reason);
}
