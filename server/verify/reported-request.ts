import { addressPath } from '../../shared/fairness/fairness-path.ts';
import { formFault } from '../../shared/form-rules.ts';
import { plainAddress } from '../../shared/ip.ts';
import { GUARDED_METHODS, headerValues } from '../../shared/request-rules.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import type { KeyCaller } from '../gate/caller/caller.ts';
import { readCredentials, type SignedRequest } from '../gate/request/request.ts';
import {
  checkHeaders,
  checkHeaderTexts,
  checkMethod,
  checkReportedFraming,
  checkTarget,
  readApiTarget,
} from '../gate/request/request-validation.ts';
import type { FailureCounterKey } from '../gate/request/throttle.ts';
import { refusalOfFault } from '../lib/refusal.ts';
import type { CallOrigin } from '../stores/usage/record-call.ts';
import type { VerifyInput } from './schemas.ts';

/**
 * Reads a reported request by the same rules as the HTTP server reads its own.
 * @throws Refusal REQUEST_MALFORMED, HEADERS_TOO_LARGE, MEDIA_TYPE_NOT_SUPPORTED, METHOD_NOT_SUPPORTED;
 *   AUTHORITY_UNKNOWN if the calling key does not carry the authority
 */
export function readReported(
  input: VerifyInput,
  asking: KeyCaller,
  { id, startedAt }: Pick<CallOrigin, 'id' | 'startedAt'>,
): SignedRequest {
  const { target, otherTargets = [], authority, bodySha256 } = input;
  for (const each of [target, ...otherTargets]) {
    checkTarget(each);
    if (each.startsWith('/api/')) readApiTarget(each);
  }
  checkHeaderTexts(input.headers);
  const rawHeaders = input.headers.flat();
  const values = headerValues(rawHeaders);
  checkReportedFraming(values);
  checkHeaders(rawHeaders, values);
  if (!asking.key.authorities.includes(authority))
    throw refusalOfFault(formFault('authority-not-of-key', 'authority', 'AUTHORITY_UNKNOWN'));
  const method = checkMethod(input.method, GUARDED_METHODS, values);
  if (method === 'GET' && bodySha256 !== EMPTY_SHA256) throw refusalOfFault(formFault('body-on-get', 'body'));
  const address = input.address === undefined ? null : plainAddress(input.address);
  return {
    id,
    method,
    target,
    otherTargets,
    authority,
    address,
    // The payer is not the IP address: the service reports it, and may name as many as it likes.
    payer: asking.key.payer,
    failureCounterKey: failureCounterKeyOf(asking, address),
    procedures: [`verify ${authority}`],
    startedAt,
    schemes: input.scheme === undefined ? ['https', 'http'] : [input.scheme],
    ...readCredentials(values),
    body: async () => ({ digest: bodySha256, sha512: input.bodySha512 ?? null }),
  };
}

/** Failures are counted within the calling workspace, under the IP address that its service reports. */
function failureCounterKeyOf({ workspaceId, key }: KeyCaller, address: string | null): FailureCounterKey {
  if (address === null) return { reportedBy: workspaceId, address: key.id, network: null };
  const [network, group] = addressPath(address);
  return { reportedBy: workspaceId, address: `address ${group}`, network: `network ${network}` };
}
