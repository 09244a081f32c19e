import type { Fault } from '../../../shared/form-rules.ts';
import { framingFault } from '../../../shared/framing.ts';
import {
  type ApiTarget,
  type HeaderValues,
  headersFault,
  headerTextFault,
  methodFault,
  parseApiTarget,
  targetFault,
} from '../../../shared/request-rules.ts';
import { refusalOfFault } from '../../lib/refusal.ts';

/** @throws Refusal REQUEST_MALFORMED if two parsers could read the request target differently */
export const checkTarget = (target: string): void => refuse(targetFault(target));

/** @throws Refusal REQUEST_MALFORMED if a reported header could not have passed an HTTP parser */
export const checkHeaderTexts = (headers: readonly (readonly [string, string])[]): void =>
  refuse(headerTextFault(headers));

/** @throws Refusal REQUEST_MALFORMED if two servers could disagree on where the reported request ends */
export const checkReportedFraming = (values: HeaderValues): void => refuse(framingFault(null, values));

/** Refuses header lists that no honest client sends, each violation with its own reason. */
export const checkHeaders = (rawHeaders: readonly string[], values: HeaderValues): void =>
  refuse(headersFault(rawHeaders, values));

/**
 * @throws Refusal METHOD_NOT_SUPPORTED for HEAD and every other method that is not accepted; REQUEST_MALFORMED for a
 *   body where the method allows none
 */
export function checkMethod<M extends string>(
  method: string | undefined,
  accepted: readonly M[],
  values: HeaderValues,
): M {
  refuse(methodFault(method, accepted, values));
  return method as M;
}

/**
 * Parses a target under `/api/`.
 * @throws Refusal REQUEST_MALFORMED if two parsers could read it differently
 */
export function readApiTarget(target: string): ApiTarget {
  const parsed = parseApiTarget(target);
  if ('reason' in parsed) throw refusalOfFault(parsed);
  return parsed;
}

function refuse(fault: Fault | null): void {
  if (fault !== null) throw refusalOfFault(fault);
}
