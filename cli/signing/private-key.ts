import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { IMPORT_ALGORITHMS } from '../../client/signing/import-algorithms.ts';
import type { SentJwk } from '../../server/lib/public-key.ts';
import type { PublicKeyAlgorithm } from '../../shared/public-key.ts';
import { nameOf, readFileOrInput } from '../options/input.ts';
import { CommandError } from '../output/failure.ts';
import { readOpenSshKey } from './openssh-key.ts';
import { checkPublicKey } from './registered-key.ts';

/** A kind of key: its signature algorithm, its JWS algorithm for proofs (RFC 7518 §3.1), its Node type, and its generator. */
interface KeyKind {
  readonly alg: string;
  readonly type: string;
  readonly algorithm: PublicKeyAlgorithm;
  readonly make: () => { readonly privateKey: KeyObject };
}

const elliptic = (algorithm: PublicKeyAlgorithm, alg: string, type: string, namedCurve: string): KeyKind => ({
  algorithm,
  alg,
  type: `ec ${type}`,
  make: () => generateKeyPairSync('ec', { namedCurve }),
});
const rsa = (algorithm: PublicKeyAlgorithm, alg: string): KeyKind => ({
  algorithm,
  alg,
  type: 'rsa',
  make: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
});

const KINDS: Readonly<Record<string, KeyKind>> = {
  ed25519: {
    alg: 'EdDSA',
    type: 'ed25519',
    algorithm: 'ed25519',
    make: () => generateKeyPairSync('ed25519'),
  },
  'p-256': elliptic('ecdsa-p256-sha256', 'ES256', 'prime256v1', 'P-256'),
  'p-384': elliptic('ecdsa-p384-sha384', 'ES384', 'secp384r1', 'P-384'),
  ps512: rsa('rsa-pss-sha512', 'PS512'),
  rs256: rsa('rsa-v1_5-sha256', 'RS256'),
};

export const KEY_ALGORITHMS: readonly string[] = Object.keys(KINDS);

/** A private key, and how it signs. */
type PrivateKey = Pick<KeyKind, 'alg' | 'algorithm'> & { readonly privateKey: KeyObject };

export function makePrivateKey(algorithm = 'ed25519'): PrivateKey {
  const { make, ...kind } = KINDS[algorithm] as KeyKind;
  return { ...kind, privateKey: make().privateKey };
}

/** The key as the client needs it: it signs, and no code can read it. */
export async function toCryptoKey({ privateKey, algorithm }: PrivateKey): Promise<CryptoKey> {
  const der = privateKey.export({ format: 'der', type: 'pkcs8' });
  return crypto.subtle.importKey('pkcs8', Uint8Array.from(der), IMPORT_ALGORITHMS[algorithm], false, [
    'sign',
  ]);
}

/** Writes a key as PEM (PKCS #8) to a file that does not exist. */
export async function writePrivateKey(file: string, privateKey: KeyObject): Promise<void> {
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(file, pem, { mode: 0o600, flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST')
      throw new CommandError(`${file} exists. Name a file that does not, so that no key is lost.`);
    throw new CommandError(`${file} cannot be written: ${error.code ?? error.message}.`);
  });
}

/** A key as it was read from a file. */
interface ReadKey {
  readonly privateKey: KeyObject;
  /** How it signs (RFC 7518 §3.1), if the file says so. */
  readonly alg?: unknown;
}

/** A file with a private key, and the command line that names it. */
interface KeyFile {
  readonly file: string;
  /** The command line up to the file name, such as `keyseal keygen --key`, for the hint in error messages. */
  readonly command: string;
}

/**
 * Reads an existing private key: PEM, a JWK, or an Ed25519 key in OpenSSH format.
 * @param algorithm decides how an RSA key signs: without it, and without `alg` in a JWK, by PSS
 */
export async function readPrivateKey(
  { file, command }: KeyFile,
  algorithm: string | undefined,
): Promise<PrivateKey> {
  const { privateKey, alg } = parseKey(await readFileOrInput(file), { file, command });
  const { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve } = {} } = privateKey;
  const named = type === 'ec' ? `ec ${namedCurve}` : type;
  // Only an RSA key can sign with more than one algorithm.
  const isMeant = (kind: KeyKind) => alg === undefined || type !== 'rsa' || alg === kind.alg;
  const fitting = Object.entries(KINDS).filter(([, kind]) => kind.type === named && isMeant(kind));
  const [first] = fitting;
  if (!first) throw new CommandError(`${nameOf(file)} ${type === 'rsa' ? UNKNOWN_ALG : UNKNOWN_KIND}.`);
  const chosen = algorithm === undefined ? first : fitting.find(([name]) => name === algorithm);
  if (!chosen)
    throw new CommandError(
      `${nameOf(file)} is a key for ${fitting.map(([name]) => name).join(' or ')}, not ${algorithm}.`,
    );
  const key = { ...chosen[1], privateKey };
  checkPublicKey(publicJwkOf(key), file);
  return key;
}

const UNKNOWN_KIND =
  'is a key of another kind: give Ed25519, P-256, P-384, or RSA that is not limited to PSS';
const UNKNOWN_ALG = 'has an unsupported alg: use PS512 or RS256';

/** The public key as `keys.create` accepts it. Only an RSA key says how it signs. */
export function publicJwkOf({ privateKey, alg }: PrivateKey): SentJwk {
  const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
  return jwk.kty === 'RSA' ? { ...jwk, alg } : { ...jwk };
}

/** Why a file cannot be read as a private key, and what helps. */
const UNREAD: readonly (readonly [fits: (text: string) => boolean, fault: (of: KeyFile) => string])[] = [
  [
    (text) => /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text),
    ({ file, command }) =>
      `is encrypted: use "openssl pkey -in ${file === '-' ? 'FILE' : file} | ${command} - …", which asks for the passphrase`,
  ],
  [
    (text) => /PUBLIC KEY-----|^ssh-|^ecdsa-/m.test(text) && !text.includes('PRIVATE KEY-----'),
    () => 'is a public key: a signature needs the private one',
  ],
  [
    (text) => text.startsWith('PuTTY-User-Key-File'),
    () => 'is a key of PuTTY: give what "puttygen FILE -O private-openssh" writes',
  ],
];

function parseKey(text: string, of: KeyFile): ReadKey {
  const fromOpenSsh = readOpenSshKey(text);
  if (typeof fromOpenSsh === 'string') throw new CommandError(`${nameOf(of.file)} ${fromOpenSsh}.`);
  if (fromOpenSsh) return { privateKey: fromOpenSsh };
  const isJwk = text.trimStart().startsWith('{');
  const unread = UNREAD.find(([fits]) => !isJwk && fits(text));
  let fault = unread?.[1](of) ?? 'is not a private key in PEM ("BEGIN PRIVATE KEY"), a JWK, or of OpenSSH';
  try {
    if (!isJwk && !unread) return { privateKey: createPrivateKey(text) };
    const jwk = isJwk ? JSON.parse(text) : {};
    if (jwk.d !== undefined)
      return { privateKey: createPrivateKey({ key: jwk, format: 'jwk' }), alg: jwk.alg };
    if (jwk.kty !== undefined) fault = 'is a public key: a signature needs the private one';
  } catch {
    // The same sentence as for any other content: OpenSSL's message may show a part of the key.
  }
  throw new CommandError(`${nameOf(of.file)} ${fault}.`);
}
