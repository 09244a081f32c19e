import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { importedKeyOf } from '../../../server/gate/bearer/secret-cache.ts';
import { readPublicKey } from '../../../server/lib/public-key.ts';
import { verifySignature } from '../../../server/lib/signature-algorithms.ts';
import {
  type SigningMaterial,
  signingMaterial,
} from '../../../server/stores/credentials/signing-material.ts';
import { answerBenchmark } from '../child.ts';
import { memoryNow } from '../servers/child.ts';

/** How a key pair of each kind is made, and the hash that its signatures need. */
const KINDS: Readonly<Record<string, readonly [make: () => Pair, hash: string | null, alg?: string]>> = {
  Ed25519: [() => generateKeyPairSync('ed25519'), null],
  'P-256': [() => generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'sha256'],
  'P-384': [() => generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sha384'],
  'RSA, 2,048 bits': [() => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'sha256', 'RS256'],
  'RSA, 4,096 bits': [() => generateKeyPairSync('rsa', { modulusLength: 4096 }), 'sha256', 'RS256'],
};

interface Pair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

const BASE = '"@method": POST';
const kept: SigningMaterial[] = [];

/** Keeps so many public keys of a kind, as records of credentials do, each used once: OpenSSL adds to a key then. */
function keep(kind: string, count: number): void {
  const [make, hash, alg] = KINDS[kind] ?? [];
  if (!make || hash === undefined) throw new Error(`no key of the kind "${kind}"`);
  const { privateKey, publicKey } = make();
  const registered = readPublicKey({ ...publicKey.export({ format: 'jwk' }), ...(alg ? { alg } : {}) });
  if (typeof registered === 'string') throw new Error(registered);
  const signature = sign(hash, Buffer.from(BASE), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  for (let n = 0; n < count; n++) {
    // A row of the database is read into separate strings.
    const material = signingMaterial(structuredClone(registered), () => '');
    if (!material.publicKey) throw new Error('there is no public key');
    const { algorithm } = material.publicKey;
    const key = { algorithm, publicKey: importedKeyOf(material.publicKey) };
    if (!verifySignature(key, BASE, signature)) throw new Error(`a signature by ${kind} did not verify`);
    kept.push(material);
  }
}

answerBenchmark<{ kind: string; count: number }>({ kinds: Object.keys(KINDS) }, async ({ kind, count }) => {
  keep(kind, count);
  return memoryNow(kept.length);
});
