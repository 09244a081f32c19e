import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { addressKey, workspaceKey } from '../fairness/fairness-key.ts';
import { plainAddress } from '../gate/address.ts';
import type { KeyCaller } from '../gate/caller.ts';
import { checkHeaders, checkMethod, checkTarget, headerValues, readApiTarget } from '../gate/malformed.ts';
import { proofsOf, type SealedRequest } from '../gate/request.ts';
import type { Suspect } from '../gate/throttle.ts';
import { Refusal } from '../refusal.ts';
import type { CallOrigin } from '../stores/calls.ts';
import type { VerifyInput } from './schemas.ts';

/** The methods that services take. HEAD is not among them: its answer would be cut, its caller none the wiser. */
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
/** RFC 9110 §5.6.2 and §5.5: what a parser of HTTP lets through. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[^\0\r\n]*$/;

/**
 * Reads a reported request as the front reads its own, and refuses what that refuses: REQUEST_MALFORMED,
 * HEADERS_TOO_LARGE, MEDIA_TYPE_NOT_SUPPORTED, METHOD_NOT_SUPPORTED; AUTHORITY_UNKNOWN where the asking key does not
 * carry the authority.
 */
export function readReported(
  input: VerifyInput,
  asking: KeyCaller,
  { id, begun }: Pick<CallOrigin, 'id' | 'begun'>,
): SealedRequest {
  const { target, authority, bodySha256 } = input;
  checkTarget(target);
  if (target.startsWith('/api/')) readApiTarget(target);
  if (!input.headers.every(([name, value]) => HEADER_NAME.test(name) && HEADER_VALUE.test(value))) {
    throw new Refusal('REQUEST_MALFORMED');
  }
  const rawHeaders = input.headers.flat();
  const values = headerValues(rawHeaders);
  checkHeaders(rawHeaders, values);
  if (!asking.key.authorities.includes(authority)) throw new Refusal('AUTHORITY_UNKNOWN');
  const method = checkMethod(input.method, METHODS, values);
  if (method === 'GET' && bodySha256 !== EMPTY_SHA256) throw new Refusal('REQUEST_MALFORMED');
  const { authorization, signature, userToken, contentType } = proofsOf(values);
  const address = input.address === undefined ? null : plainAddress(input.address);
  return {
    id,
    method,
    target,
    authority,
    address,
    // Never an address: it is what a service reports, which may name as many as it likes.
    asker: workspaceKey(asking.workspaceId, asking.key.id),
    suspect: suspectOf(asking, address),
    procedures: [`verify ${authority}`],
    begun,
    authorization,
    signature,
    userToken,
    contentType,
    body: async () => ({ digest: bodySha256 }),
  };
}

/** Failures are counted within the asking workspace, under the address that its service reports. */
function suspectOf({ workspaceId, key }: KeyCaller, address: string | null): Suspect {
  if (address === null) return { reportedBy: workspaceId, address: key.id, network: null };
  const [network, group] = addressKey(address);
  return { reportedBy: workspaceId, address: `address ${group}`, network: `network ${network}` };
}
