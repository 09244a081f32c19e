import { createHash } from 'node:crypto';
import type { VerifyInput } from '../../../server/verify/schemas.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import type { BenchKey } from '../../fixtures/keyring.ts';
import { AUTHORITY, PERMISSION } from '../../fixtures/setting.ts';
import { sign } from '../../load/sign.ts';

const BODY = JSON.stringify({ item: 'A-1047', quantity: 3, note: 'About as long as a small call is.' });
const REQUEST = {
  method: 'POST',
  authority: AUTHORITY,
  target: '/orders?expand=items',
  contentType: 'application/json',
  bodyDigest: createHash('sha256').update(BODY).digest('hex'),
};

/** The input of `verify` for one call of a key, signed for the reporting service. */
export function verifyInput({ id, secret, signingSecret }: BenchKey): VerifyInput {
  const { method, authority, target, contentType, bodyDigest } = REQUEST;
  const signature = sign(signingSecret, { ...REQUEST, k: id, tokenDigest: EMPTY_SHA256 });
  return {
    method,
    authority,
    target,
    headers: [
      ['host', authority],
      ['user-agent', 'orders-client/2.3'],
      ['accept', 'application/json'],
      ['content-type', contentType],
      ['content-length', String(Buffer.byteLength(BODY))],
      ['authorization', `Bearer ${secret}`],
      ['x-signature', signature],
    ],
    bodySha256: bodyDigest,
    address: '203.0.113.7',
    require: { permission: PERMISSION },
  };
}
