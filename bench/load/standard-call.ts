import { createHash, createHmac, randomBytes } from 'node:crypto';
import { benchClock } from '../fixtures/clock.ts';
import { BODY, bytesOf } from './request.ts';
import type { Holder } from './signed-call.ts';

/** The parts of an RFC 9421 signature. */
export interface SignedComponents {
  /** The values of the headers. */
  readonly input: string;
  readonly signature: string;
  /** What was signed. */
  readonly base: string;
}

/** `content-digest` of `BODY` (RFC 9530). */
export const BODY_DIGEST: string = `sha-256=:${createHash('sha256').update(BODY).digest('base64')}:`;

/**
 * Makes an RFC 9421 signature over components, with the current second and a new nonce.
 * @param components the value of each component, in their order
 * @param by signs a base: base64
 */
export function signComponents(
  keyId: string,
  components: Readonly<Record<string, string>>,
  by: (base: string) => string,
): SignedComponents {
  const names = Object.keys(components).map((name) => `"${name}"`);
  const created = Math.floor(benchClock() / 1000);
  const nonce = randomBytes(16).toString('base64url');
  const parameters = `(${names.join(' ')});created=${created};nonce="${nonce}";keyid="${keyId}"`;
  const lines = Object.entries(components).map(([name, value]) => `"${name}": ${value}`);
  const base = [...lines, `"@signature-params": ${parameters}`].join('\n');
  return { input: `sig1=${parameters}`, signature: `sig1=:${by(base)}:`, base };
}

/** The bytes of a POST of `BODY` with all three proofs, with a new RFC 9421 signature (HMAC) each time. */
export function standardRequestSigner(
  { id, apiKey, signingSecret, token }: Holder,
  authority: string,
  target: string,
): () => string {
  const covered = {
    'content-type': 'application/json',
    'content-digest': BODY_DIGEST,
    'x-user-token': token,
  };
  const components = { '@method': 'POST', '@target-uri': `http://${authority}${target}`, ...covered };
  const headers = { host: authority, authorization: `Bearer ${apiKey}`, ...covered };
  const sent = { ...headers, 'signature-input': '|', signature: '|' };
  const [before, between, after] = bytesOf(target, sent).split('|');
  const by = (base: string) => createHmac('sha256', signingSecret).update(base).digest('base64');
  return () => {
    const { input, signature } = signComponents(id, components, by);
    return before + input + between + signature + after;
  };
}
