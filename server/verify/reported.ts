import { addressGroup } from '../../shared/fairness/fairness-key.ts';
import { GUARDED_METHODS, headerValues } from '../../shared/request-rules.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { plainAddress } from '../gate/address.ts';
import type { KeyCaller } from '../gate/caller.ts';
import {
  checkHeaders,
  checkHeaderTexts,
  checkMethod,
  checkTarget,
  readApiTarget,
} from '../gate/malformed.ts';
import { proofsOf, type SealedRequest } from '../gate/request.ts';
import { Refusal } from '../refusal.ts';
import type { CallOrigin } from '../stores/calls.ts';
import type { VerifyInput } from './schemas.ts';

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
  checkHeaderTexts(input.headers);
  const rawHeaders = input.headers.flat();
  const values = headerValues(rawHeaders);
  checkHeaders(rawHeaders, values);
  if (!asking.key.authorities.includes(authority)) throw new Refusal('AUTHORITY_UNKNOWN');
  const method = checkMethod(input.method, GUARDED_METHODS, values);
  if (method === 'GET' && bodySha256 !== EMPTY_SHA256) throw new Refusal('REQUEST_MALFORMED');
  const { authorization, signature, userToken, contentType } = proofsOf(values);
  const address = input.address === undefined ? null : plainAddress(input.address);
  return {
    id,
    method,
    target,
    authority,
    address,
    throttledAs: `${asking.workspaceId} ${address === null ? asking.key.id : addressGroup(address)}`,
    procedures: [`verify ${authority}`],
    begun,
    authorization,
    signature,
    userToken,
    contentType,
    body: async () => ({ digest: bodySha256 }),
  };
}
