import { hash, timingSafeEqual } from 'node:crypto';
import { readContentDigest } from '../../../shared/http-signature/content-digest.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { SignedBody } from '../request/request.ts';
import { hintedRefusal } from './signature-hint.ts';

/**
 * RFC 9530 §2. A body must have a strong digest; each strong digest must be that of the bytes.
 * @param lines of `content-digest`
 * @throws Refusal SIGNATURE_INVALID, to a caller whose signature has verified
 */
export function checkContentDigest(lines: readonly string[], body: SignedBody): void {
  if (lines.length === 0) return;
  const digests = readContentDigest(lines);
  if (!digests) throw hintedRefusal('content-digest', FORM);
  const { sha256, sha512 } = digests;
  if (sha256 === null && sha512 === null && body.digest !== EMPTY_SHA256)
    throw new Refusal('SIGNATURE_INVALID', { missing: ['content-digest'] });
  const matches =
    (sha256 === null || isDigest(sha256, body.digest)) &&
    (sha512 === null || isDigest(sha512, sha512Of(body)));
  if (!matches) throw hintedRefusal('content-digest', CONTENT);
}

const FORM =
  'must be a dictionary (RFC 9530 §2) with each algorithm once: sha-256 with 32 bytes, sha-512 with 64, in base64';
const CONTENT =
  'must be the digest of the body as it arrived: the body was changed after the digest was made, by the HTTP library or on its way';

/** In hex; null if it is not known because a service reported only another digest of the body. */
const sha512Of = ({ bytes, sha512 = null }: SignedBody): string | null =>
  bytes ? hash('sha512', bytes, 'hex') : sha512;

function isDigest(given: Uint8Array, expected: string | null): boolean {
  if (expected === null) return false;
  const bytes = Buffer.from(expected, 'hex');
  return bytes.length === given.length && timingSafeEqual(bytes, given);
}
