import type { JWK } from 'jose';
import { z } from 'zod';

/** Bytes of a document; a provider's key set has a few thousand. */
const MAX_BYTES = 256 * 1024;
/** A provider that takes longer counts as unreachable. */
const TIMEOUT_MS = 5_000;

/** The part of an issuer's metadata that is read (OpenID Connect Discovery 1.0 §3). */
const Metadata = z.object({ issuer: z.string(), jwks_uri: z.string() });

/** A public key of a key set (RFC 7517 §4). Secrets are dropped: an HMAC key must never verify a token. */
const PublicKey = z.looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), d: z.never().optional() });

const KeySet = z.object({ keys: z.array(z.unknown()).max(100) });

/**
 * Reads the key set of an issuer.
 * @param jwksUri its URL; null reads it from the issuer's metadata
 * @throws Error with a sentence if it cannot be read, or if the metadata name another issuer
 */
export async function fetchKeySet(issuer: string, jwksUri: string | null): Promise<JWK[]> {
  const { keys } = await fetchJson(jwksUri ?? (await discover(issuer)), KeySet);
  return keys.filter((key): key is JWK => PublicKey.safeParse(key).success);
}

/** @returns the `jwks_uri` of the issuer's metadata */
async function discover(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const metadata = await fetchJson(url, Metadata);
  // OpenID Connect Discovery 1.0 §4.3: without this check one issuer could speak for another.
  if (metadata.issuer !== issuer) throw new Error(`${url} describes the issuer ${metadata.issuer}`);
  if (!URL.canParse(metadata.jwks_uri)) throw new Error(`${url} has no URL in jwks_uri`);
  if (downgrades(issuer, metadata.jwks_uri)) throw new Error(`${url} names a jwks_uri without TLS`);
  return metadata.jwks_uri;
}

const downgrades = (from: string, to: string) =>
  new URL(from).protocol === 'https:' && new URL(to).protocol !== 'https:';

async function fetchJson<T>(url: string, schema: z.ZodType<T>): Promise<T> {
  const response = await fetch(url, {
    headers: { accept: 'application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new Error(`${url} does not answer (${reasonOf(error)})`);
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url} answers ${response.status}`);
  }
  const parsed = schema.safeParse(parseJson(await readBounded(response, url)));
  if (!parsed.success) throw new Error(`${url} is not the document that it should be`);
  return parsed.data;
}

async function readBounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error(`${url} is larger than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `fetch` says "fetch failed" and puts the reason into the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const { code, message } = cause as { code?: unknown; message?: unknown };
  return String(code ?? message);
}
