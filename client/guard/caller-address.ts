import { proofsIn } from '../../shared/bearer.ts';
import { addressPath, type FairnessPath } from '../../shared/fairness/fairness-path.ts';
import { keyIdsOf } from '../../shared/http-signature/read.ts';
import { plainAddress } from '../../shared/ip.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { parseSignature, SIGNER_ID } from '../../shared/signature.ts';
import type { GuardOptions } from './options.ts';
import { isForwarded, type RequestHead } from './request-head.ts';

/** The IP address from which a request comes. */
export interface CallerAddress {
  /** The IP address as reported to Keyseal; null if it is not known. */
  readonly reported: string | null;
  /** The fairness path by which memory and concurrent calls are divided. */
  readonly group: FairnessPath;
  /** The missing or wrong option, for `onError`. */
  readonly missingOption: string | null;
}

/**
 * Identifies the caller of a request by its IP address. If the address is not known, callers are distinguished by the key that
 * they name. That key is not verified, so it only divides the common share, and does not add one.
 */
export function identifyCaller(head: RequestHead, address: GuardOptions['address']): CallerAddress {
  const peer = head.peer === null ? null : plainAddress(head.peer);
  const reported = address
    ? address(new Headers(head.headers.map(([name, value]) => [name, value]))) || null
    : peer;
  if (!address && peer !== null && isForwarded(head)) {
    return { reported: null, group: [...addressPath(peer), claimedKey(head)], missingOption: BEHIND_PROXY };
  }
  const known = reported ?? peer;
  if (known !== null) return { reported, group: addressPath(known), missingOption: null };
  return { reported, group: ['unknown', claimedKey(head)], missingOption: address ? null : NO_ADDRESS };
}

/** The id of the key or session that a signature names, in either format. */
function claimedKey({ headers }: RequestHead): string {
  const { signature, fields } = proofsIn(headerValues(headers.flat()));
  if (signature !== null) return parseSignature(signature)?.k ?? 'none';
  return keyIdsOf(fields).find((id) => SIGNER_ID.test(id)) ?? 'none';
}

const BEHIND_PROXY =
  'Requests carry a forwarding header, and the guard has no option "address": it reports no address, so that keys with allowedAddresses are refused with IP_DENIED. Give createGuard an address function that reads what your own proxy says.';

const NO_ADDRESS =
  'This runtime does not show the address of requests, and the guard has no option "address": all callers share one part of the memory for bodies, and keys with allowedAddresses are refused with IP_DENIED. Give createGuard an address function that reads the address that your platform or proxy reports.';
