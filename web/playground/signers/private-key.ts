import { IMPORT_ALGORITHMS, type ImportAlgorithm } from '../../../client/signing/import-algorithms.ts';
import { webCrypto } from '../../../client/signing/web-hashes.ts';
import { PUBLIC_KEY_ALGORITHMS, type PublicKeyAlgorithm } from '../../../shared/public-key.ts';
import { bytesFromBase64 } from '../../../shared/structured-fields/values.ts';

/** The members of a private key (RFC 7518 §6, RFC 8037 §2): others, such as `use`, may speak against the import. */
const MEMBERS = ['kty', 'crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi'] as const;
const PEM = /-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----/;

/** A private key in this page, and how it signs. */
export interface ImportedKey {
  readonly privateKey: CryptoKey;
  readonly algorithm: PublicKeyAlgorithm;
}

/**
 * Imports a private key so that it signs and no code can read it: PEM (PKCS #8), or a JWK.
 * @param registered how the key signs, as far as the page knows: only an RSA key leaves a choice, and signs by PSS without it
 * @returns null if the text is no such key
 */
export async function importPrivateKey(
  text: string,
  registered: PublicKeyAlgorithm | undefined,
): Promise<ImportedKey | null> {
  const key = readKey(text);
  const isFirst = (algorithm: PublicKeyAlgorithm) => algorithm === registered;
  const candidates = [...PUBLIC_KEY_ALGORITHMS].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
  for (const algorithm of key ? candidates : []) {
    const privateKey = await key?.(IMPORT_ALGORITHMS[algorithm]).catch(() => null);
    if (privateKey) return { privateKey, algorithm };
  }
  return null;
}

type Import = (as: ImportAlgorithm) => Promise<CryptoKey>;

function readKey(text: string): Import | null {
  const [, base64] = PEM.exec(text) ?? [];
  try {
    if (base64 !== undefined) {
      const der = bytesFromBase64(base64.replaceAll(/\s/g, ''));
      return (as) => webCrypto().importKey('pkcs8', der, as, false, ['sign']);
    }
    const given = Object(JSON.parse(text));
    const jwk = Object.fromEntries(
      MEMBERS.filter((name) => name in given).map((name) => [name, given[name]]),
    );
    // A public key would be imported to verify.
    return 'd' in jwk ? (as) => webCrypto().importKey('jwk', jwk, as, false, ['sign']) : null;
  } catch {
    return null;
  }
}
