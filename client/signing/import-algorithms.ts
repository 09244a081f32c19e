import type { PublicKeyAlgorithm } from '../../shared/public-key.ts';

export type ImportAlgorithm = AlgorithmIdentifier | EcKeyImportParams | RsaHashedImportParams;

/** How WebCrypto imports a private key that signs by an algorithm (RFC 9421 §3.3). */
export const IMPORT_ALGORITHMS: Readonly<Record<PublicKeyAlgorithm, ImportAlgorithm>> = {
  ed25519: 'Ed25519',
  'ecdsa-p256-sha256': { name: 'ECDSA', namedCurve: 'P-256' },
  'ecdsa-p384-sha384': { name: 'ECDSA', namedCurve: 'P-384' },
  'rsa-pss-sha512': { name: 'RSA-PSS', hash: 'SHA-512' },
  'rsa-v1_5-sha256': { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
};
