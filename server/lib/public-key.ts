import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import type { PublicKeyAlgorithm, RegisteredPublicKey } from '../../shared/public-key.ts';

/** A JWK (RFC 7517 §4) as a client sends it. */
export type SentJwk = Readonly<Record<string, unknown>>;

/** A kind of key: the parameters that define it, in the order of a thumbprint (RFC 7638 §3.2), and what they must be. */
interface KeyKind {
  readonly members: readonly string[];
  readonly curve?: string;
  /** The algorithm by each name that `alg` may have; an absent `alg` is the empty name. */
  readonly algorithms: Readonly<Record<string, PublicKeyAlgorithm>>;
  readonly fault: (bytes: Readonly<Record<string, Buffer>>) => string | null;
}

const elliptic = (curve: string, size: number, algorithm: PublicKeyAlgorithm, alg: string): KeyKind => ({
  members: ['crv', 'kty', 'x', 'y'],
  curve,
  algorithms: { '': algorithm, [alg]: algorithm, [algorithm]: algorithm },
  fault: ({ x, y }) =>
    x?.length === size && y?.length === size ? null : `must have x and y of ${size} bytes (RFC 7518 §6.2.1)`,
});

const KINDS: Readonly<Record<string, KeyKind>> = {
  'OKP Ed25519': {
    members: ['crv', 'kty', 'x'],
    curve: 'Ed25519',
    algorithms: { '': 'ed25519', EdDSA: 'ed25519', Ed25519: 'ed25519', ed25519: 'ed25519' },
    fault: ({ x }) => ed25519Fault(x),
  },
  'EC P-256': elliptic('P-256', 32, 'ecdsa-p256-sha256', 'ES256'),
  'EC P-384': elliptic('P-384', 48, 'ecdsa-p384-sha384', 'ES384'),
  RSA: {
    members: ['e', 'kty', 'n'],
    algorithms: {
      PS512: 'rsa-pss-sha512',
      'rsa-pss-sha512': 'rsa-pss-sha512',
      RS256: 'rsa-v1_5-sha256',
      'rsa-v1_5-sha256': 'rsa-v1_5-sha256',
    },
    fault: ({ n, e }) => rsaFault(n, e),
  },
};

/** Parameters that only a private or a shared key has (RFC 7518 §6.2.2, §6.3.2, §6.4.1). */
const PRIVATE = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Reads a public key. Returns a string that says what is wrong if it is not valid; the string repeats nothing of the key. */
export function readPublicKey(jwk: SentJwk): RegisteredPublicKey | string {
  if (PRIVATE.some((name) => Object.hasOwn(jwk, name)))
    return 'must not have private members: this key is no longer secret, so create a new one';
  const [kty, crv, alg] = ['kty', 'crv', 'alg'].map((name) => memberText(jwk, name)) as [
    string,
    string,
    string,
  ];
  const { use, key_ops: operations } = jwk;
  const name = kty === 'RSA' ? 'RSA' : `${kty} ${crv}`;
  const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
  if (!kind) return 'must be an Ed25519 key, an elliptic-curve key of P-256 or P-384, or an RSA key';
  if (use !== undefined && use !== 'sig') return 'must be meant only for signatures (RFC 7517 §4.2)';
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    return 'must have verify in key_ops, or have no key_ops (RFC 7517 §4.3)';
  const algorithm = Object.hasOwn(kind.algorithms, alg) ? kind.algorithms[alg] : undefined;
  if (!algorithm) return `must have as alg one of ${Object.keys(kind.algorithms).filter(Boolean).join(', ')}`;
  const members: Record<string, string> = {};
  const bytes: Record<string, Buffer> = {};
  for (const member of kind.members) {
    members[member] = memberText(jwk, member);
    if (member === 'kty' || member === 'crv') continue;
    bytes[member] = Buffer.from(members[member], 'base64url');
    if (bytes[member].toString('base64url') !== jwk[member])
      return `must have ${member} in base64url without padding`;
  }
  const fault = kind.fault(bytes) ?? (canImport(members) ? null : 'must be a point on its curve');
  if (fault !== null) return fault;
  return { algorithm, thumbprint: hash('sha256', JSON.stringify(members), 'base64url'), jwk: members };
}

/**
 * A parameter of a key: empty if it is absent, `-` if it is not a string. `String` would throw for lists that are nested
 * deeply.
 */
function memberText(jwk: SentJwk, name: string): string {
  const value = jwk[name];
  if (value === undefined) return '';
  return typeof value === 'string' ? value : '-';
}

/** A registered key, ready to verify. @throws if it is not a key */
export const importPublicKey = ({ jwk }: Pick<RegisteredPublicKey, 'jwk'>): KeyObject =>
  createPublicKey({ key: { ...jwk }, format: 'jwk' });

function canImport(jwk: Readonly<Record<string, string>>): boolean {
  try {
    importPublicKey({ jwk });
    return true;
  } catch {
    return false;
  }
}

const RSA_BITS = { min: 2048, max: 4096 };

function rsaFault(n: Buffer | undefined, e: Buffer | undefined): string | null {
  const first = n?.[0] ?? 0;
  const bits = n && first > 0 ? n.length * 8 - Math.clz32(first) + 24 : 0;
  if (bits < RSA_BITS.min || bits > RSA_BITS.max)
    return `must have a modulus of ${RSA_BITS.min} to ${RSA_BITS.max} bits`;
  // A small exponent invites padding attacks, and a large one makes each verification slow.
  return e?.toString('hex') === '010001' ? null : 'must have the exponent 65537 (AQAB)';
}

/** The prime of the field, 2^255 - 19. */
const P = 2n ** 255n - 19n;
/**
 * The y coordinates of points whose order divides 8: a signature under such a key verifies for many messages. The same
 * list is in libsodium (`ge25519_has_small_order`).
 */
const ORDER_8 = BigInt('0x05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826');
const SMALL_ORDER: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, ORDER_8, P - ORDER_8]);

/** RFC 8032 §5.1.3: a point is its y coordinate, little-endian, with the sign of x in the highest bit. */
function ed25519Fault(x: Buffer | undefined): string | null {
  if (x?.length !== 32) return 'must have x of 32 bytes (RFC 8037 §2)';
  const bytes = Buffer.from(x).reverse();
  bytes[0] = (bytes[0] as number) & 0x7f;
  const y = BigInt(`0x${bytes.toString('hex')}`);
  if (y >= P) return 'must be a canonical point (RFC 8032 §5.1.3)';
  return SMALL_ORDER.has(y) ? 'must not be a point of small order' : null;
}
