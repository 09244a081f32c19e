import { bytesFromHex } from '../../shared/hex.ts';
import { base64 } from '../../shared/structured-fields/values.ts';
import { type AnyCredentials, idOf } from './credentials.ts';
import { hmacHex, sha256Hex } from './hmac.ts';
import { bearerHeaders, newNonce, type RequestParts, type SignParts } from './signature-headers.ts';
import { webCrypto } from './web-hashes.ts';

/** The fields that are covered if a request has them, in addition to method and target. */
const COVERED = ['content-type', 'content-digest', 'x-user-token'];

/** Makes an RFC 9421 signature, with the `content-digest` (RFC 9530) of a body. */
export const signStandard: SignParts = async (parts, credentials, now) => {
  const { url, method, contentType, body } = parts;
  const [k, nonce] = [idOf(credentials), newNonce()];
  const digest = body === null ? {} : { 'content-digest': await digestOf(body) };
  const proofs: Record<string, string> = { ...bearerHeaders(credentials), ...digest };
  const fields: Record<string, string> = {
    ...proofs,
    ...(contentType === '' ? {} : { 'content-type': contentType }),
  };
  // An API key is bound by its id in `keyid`; a session's bearer token must be covered.
  const covered = 'sessionId' in credentials ? [...COVERED, 'authorization'] : COVERED;
  const lines = covered.filter((name) => name in fields).map((name) => [`"${name}"`, fields[name]]);
  const all = [['"@method"', method], ['"@target-uri"', url], ...lines];
  const list = `(${all.map(([id]) => id).join(' ')});created=${now};nonce="${nonce}";keyid="${k}";tag="keyseal"`;
  const base = [...all, ['"@signature-params"', list]].map(([id, value]) => `${id}: ${value}`).join('\n');
  const signed = {
    'signature-input': `sig=${list}`,
    signature: `sig=:${await signatureOf(base, credentials)}:`,
  };
  return { proofs: { ...proofs, ...signed }, signature: { k, nonce }, base };
};

async function digestOf(body: NonNullable<RequestParts['body']>): Promise<string> {
  return `sha-256=:${base64(bytesFromHex(await sha256Hex(body)))}:`;
}

/** The signature of a base, in base64. */
async function signatureOf(base: string, credentials: AnyCredentials): Promise<string> {
  if (!('privateKey' in credentials))
    return base64(bytesFromHex(await hmacHex(credentials.signingSecret, base)));
  const { privateKey } = credentials;
  const bytes = new TextEncoder().encode(base);
  return base64(new Uint8Array(await webCrypto().sign(algorithmOf(privateKey), privateKey, bytes)));
}

/** How each kind of key signs (RFC 9421 §3.3). WebCrypto writes an ECDSA signature as r and s, as §3.3.4 requires. */
function algorithmOf({ algorithm }: CryptoKey): AlgorithmIdentifier | EcdsaParams | RsaPssParams {
  const { name, namedCurve } = algorithm as EcKeyAlgorithm;
  if (name === 'ECDSA') return { name, hash: namedCurve === 'P-384' ? 'SHA-384' : 'SHA-256' };
  return name === 'RSA-PSS' ? { name, saltLength: 64 } : { name };
}
