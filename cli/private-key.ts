import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { CommandError } from './failure.ts';
import { readOpenSshKey } from './openssh-key.ts';
import { nameOf, readKeyFile } from './registered-key.ts';

/** A kind of key: the name of its algorithm in the proof, the type that Node has for it, and how a pair is made. */
interface KeyKind {
  readonly alg: string;
  readonly type: string;
  readonly make: () => { readonly privateKey: KeyObject };
}

const elliptic = (alg: string, namedCurve: string): KeyKind => ({
  alg,
  type: `ec ${namedCurve}`,
  make: () => generateKeyPairSync('ec', { namedCurve }),
});
const rsa = (alg: string): KeyKind => ({
  alg,
  type: 'rsa',
  make: () => generateKeyPairSync('rsa', { modulusLength: 3072 }),
});

const KINDS: Readonly<Record<string, KeyKind>> = {
  ed25519: { alg: 'EdDSA', type: 'ed25519', make: () => generateKeyPairSync('ed25519') },
  'p-256': elliptic('ES256', 'prime256v1'),
  'p-384': elliptic('ES384', 'secp384r1'),
  ps512: rsa('PS512'),
  rs256: rsa('RS256'),
};

export const KEY_ALGORITHMS: readonly string[] = Object.keys(KINDS);

/** A private key with the name of its algorithm in the proof. */
type PrivateKey = Pick<KeyKind, 'alg'> & { readonly privateKey: KeyObject };

export function makePrivateKey(algorithm = 'ed25519'): PrivateKey {
  const { alg, make } = KINDS[algorithm] as KeyKind;
  return { privateKey: make().privateKey, alg };
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

/** Reads a private key that exists. @param algorithm decides how an RSA key signs: by PSS without it */
export async function readPrivateKey(file: string, algorithm: string | undefined): Promise<PrivateKey> {
  const privateKey = parseKey(await readKeyFile(file), file);
  const { asymmetricKeyType: type, asymmetricKeyDetails: { namedCurve } = {} } = privateKey;
  const named = type === 'ec' ? `ec ${namedCurve}` : type;
  const fitting = Object.entries(KINDS).filter(([, kind]) => kind.type === named);
  const [first] = fitting;
  if (!first)
    throw new CommandError(
      `${nameOf(file)} is a key of another kind: give Ed25519, P-256, P-384, or RSA that is not limited to PSS.`,
    );
  const chosen = algorithm === undefined ? first : fitting.find(([name]) => name === algorithm);
  if (!chosen)
    throw new CommandError(
      `${nameOf(file)} is a key for ${fitting.map(([name]) => name).join(' or ')}, not ${algorithm}.`,
    );
  return { privateKey, alg: chosen[1].alg };
}

/** Why a text is not read as a private key, by a line of it, and what helps. */
const UNREAD: readonly (readonly [line: RegExp, fault: (file: string) => string])[] = [
  [
    /^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m,
    (file) =>
      `is encrypted: use "openssl pkey -in ${file === '-' ? 'FILE' : file} | keyseal keygen --key - …", which asks for the passphrase`,
  ],
  [/PUBLIC KEY-----|^ssh-|^ecdsa-/m, () => 'is a public key: the proof needs the private one'],
];

function parseKey(pem: string, file: string): KeyObject {
  const fromOpenSsh = readOpenSshKey(pem);
  if (typeof fromOpenSsh === 'string') throw new CommandError(`${nameOf(file)} ${fromOpenSsh}.`);
  if (fromOpenSsh) return fromOpenSsh;
  const unread = UNREAD.find(([line]) => line.test(pem));
  try {
    if (!unread) return createPrivateKey(pem);
  } catch {
    // The same sentence as for any other text.
  }
  const fault = unread?.[1](file) ?? 'is not a private key in PEM ("BEGIN PRIVATE KEY"), or of OpenSSH';
  throw new CommandError(`${nameOf(file)} ${fault}.`);
}
