import { IMPORT_ALGORITHMS, type ImportAlgorithm } from '../../../client/signing/import-algorithms.ts';
import { webCrypto } from '../../../client/signing/web-hashes.ts';
import { openSshJwk } from '../../../shared/openssh-key.ts';
import { PUBLIC_KEY_ALGORITHMS, type PublicKeyAlgorithm } from '../../../shared/public-key.ts';
import { bytesFromBase64 } from '../../../shared/structured-fields/values.ts';
import { pkcs8Of } from './pkcs8.ts';

/** The members of a private key (RFC 7518 §6, RFC 8037 §2): others, such as `use`, may prevent the import. */
const MEMBERS = ['kty', 'crv', 'x', 'y', 'd', 'n', 'e', 'p', 'q', 'dp', 'dq', 'qi'] as const;
const PEM =
  /-----BEGIN ((?:EC |RSA )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END (?:EC |RSA )?PRIVATE KEY-----/;

/** How a JWK says that it signs (RFC 7518 §3.1, RFC 8037 §3.1, RFC 9864). */
const ALGS: Readonly<Record<PublicKeyAlgorithm, readonly string[]>> = {
  ed25519: ['EdDSA', 'Ed25519'],
  'ecdsa-p256-sha256': ['ES256'],
  'ecdsa-p384-sha384': ['ES384'],
  'rsa-pss-sha512': ['PS512'],
  'rsa-v1_5-sha256': ['RS256'],
};

/** A private key in this page, and how it signs. */
export interface ImportedKey {
  readonly privateKey: CryptoKey;
  readonly algorithm: PublicKeyAlgorithm;
}

/** Why no key was imported: the text is not a key, or its `alg` is not how the key signs. */
export type KeyFault = 'privateKey' | 'otherAlg';

/**
 * Imports a private key so that it signs and no code can read it: PEM (PKCS #8, SEC 1, PKCS #1), Ed25519 of OpenSSH, or a JWK.
 * @param registered how the key signs, as far as the page knows: only an RSA key leaves a choice, and signs by the `alg` of its JWK,
 *   or by PSS, without it
 */
export async function importPrivateKey(
  text: string,
  registered: PublicKeyAlgorithm | undefined,
): Promise<ImportedKey | KeyFault> {
  const { alg, forms } = readKey(text);
  const isFirst = (algorithm: PublicKeyAlgorithm) => algorithm === registered;
  const candidates = [...PUBLIC_KEY_ALGORITHMS].sort((a, b) => Number(isFirst(b)) - Number(isFirst(a)));
  let fault: KeyFault = 'privateKey';
  for (const algorithm of candidates) {
    const privateKey = await importAs(algorithm, forms);
    if (!privateKey) continue;
    const isMeant = alg === undefined || ALGS[algorithm].some((name) => name === alg);
    // The other way in which an RSA key signs is no choice if the key is registered.
    if (isMeant && (registered === undefined || isFirst(algorithm) || !areBothRsa(algorithm, registered)))
      return { privateKey, algorithm };
    fault = 'otherAlg';
  }
  return fault;
}

/** RSA keys sign by either of two algorithms. */
const areBothRsa = (a: PublicKeyAlgorithm, b: PublicKeyAlgorithm) =>
  a.startsWith('rsa') && b.startsWith('rsa');

type Import = (as: ImportAlgorithm) => Promise<CryptoKey>;

async function importAs(algorithm: PublicKeyAlgorithm, forms: readonly Import[]): Promise<CryptoKey | null> {
  for (const form of forms) {
    const key = await form(IMPORT_ALGORITHMS[algorithm]).catch(() => null);
    if (key) return key;
  }
  return null;
}

/** The encodings in which a text may be imported; none if it is not a private key. */
function readKey(text: string): { readonly alg?: unknown; readonly forms: readonly Import[] } {
  const [, label = '', base64] = PEM.exec(text) ?? [];
  try {
    if (base64 !== undefined) {
      const ders = pkcs8Of(label, bytesFromBase64(base64.replaceAll(/\s/g, '')));
      return { forms: ders.map((der) => (as) => webCrypto().importKey('pkcs8', der, as, false, ['sign'])) };
    }
    const fromOpenSsh = openSshJwk(text);
    if (typeof fromOpenSsh === 'string') return { forms: [] };
    const given = Object(fromOpenSsh ?? JSON.parse(text));
    const jwk = Object.fromEntries(
      MEMBERS.filter((name) => name in given).map((name) => [name, given[name]]),
    );
    // A public key would be imported to verify.
    if (!('d' in jwk)) return { forms: [] };
    return { alg: given.alg, forms: [(as) => webCrypto().importKey('jwk', jwk, as, false, ['sign'])] };
  } catch {
    return { forms: [] };
  }
}
