import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { type CborValue, cbor } from './cbor.ts';

/** Bits of the flags of authenticator data (WebAuthn §6.1). */
export const FLAGS = { present: 1, verified: 4, backupEligible: 8, backedUp: 16, attested: 64 } as const;

type Algorithm = 'ES256' | 'EdDSA' | 'RS256';

const COSE: Record<Algorithm, (key: KeyObject) => ReadonlyMap<number, CborValue>> = {
  ES256: (key) => {
    const { x = '', y = '' } = key.export({ format: 'jwk' });
    return new Map<number, CborValue>([
      ...([
        [1, 2],
        [3, -7],
        [-1, 1],
      ] as const),
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
  },
  EdDSA: (key) => {
    const { x = '' } = key.export({ format: 'jwk' });
    return new Map<number, CborValue>([
      ...([
        [1, 1],
        [3, -8],
        [-1, 6],
      ] as const),
      [-2, Buffer.from(x, 'base64url')],
    ]);
  },
  RS256: (key) => {
    const { n = '', e = '' } = key.export({ format: 'jwk' });
    return new Map<number, CborValue>([
      ...([
        [1, 3],
        [3, -257],
      ] as const),
      [-1, Buffer.from(n, 'base64url')],
      [-2, Buffer.from(e, 'base64url')],
    ]);
  },
};

function newKeyPair(algorithm: Algorithm) {
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519');
  if (algorithm === 'RS256') return generateKeyPairSync('rsa', { modulusLength: 2048 });
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

export interface AuthenticatorOptions {
  /** Of the page on which it is used. */
  readonly origin: string;
  readonly algorithm?: Algorithm;
  /** Whether it counts its signatures. */
  readonly counts?: boolean;
  /** Whether a password manager keeps its passkey. */
  readonly synced?: boolean;
}

/** What of an answer a test changes. */
export interface Changes {
  readonly type?: string;
  readonly origin?: string;
  readonly challenge?: string;
  readonly crossOrigin?: unknown;
  readonly topOrigin?: string;
  readonly rpId?: string;
  /** Flags that are not set. */
  readonly without?: number;
  /** Flags that are set. */
  readonly also?: number;
  readonly counter?: number;
  readonly userHandle?: string;
  /** Signs with another key. */
  readonly key?: KeyObject;
  /** Of the attestation object. */
  readonly format?: string;
  readonly statement?: ReadonlyMap<string, CborValue>;
  /** The algorithm that the public key names (COSE). */
  readonly alg?: number;
}

/** An authenticator with one passkey, which answers as a browser does, or as a test wants. */
export class SoftwareAuthenticator {
  readonly id = randomBytes(32).toString('base64url');
  readonly origin: string;
  counter = 0;
  readonly #algorithm: Algorithm;
  readonly #keys: ReturnType<typeof newKeyPair>;
  readonly #options: AuthenticatorOptions;
  #userHandle = 'bm9ib2R5';

  constructor(options: AuthenticatorOptions) {
    this.origin = options.origin;
    this.#options = options;
    this.#algorithm = options.algorithm ?? 'ES256';
    this.#keys = newKeyPair(this.#algorithm);
  }

  /** A copy with the same key, as a thief would have it. */
  copy(): Pick<SoftwareAuthenticator, 'get'> {
    let { counter } = this;
    const get: typeof this.get = (options, changes) => this.get(options, { counter: ++counter, ...changes });
    return { get };
  }

  /** Answers to creation options. */
  create(options: CreationAsked, changes: Changes = {}) {
    this.#userHandle = options.user.id;
    const key = new Map([...COSE[this.#algorithm](this.#keys.publicKey)]);
    if (changes.alg !== undefined) key.set(3, changes.alg);
    const id = Buffer.from(this.id, 'base64url');
    const attested = [Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id, cbor(key)];
    const also = (changes.also ?? 0) | FLAGS.attested;
    const authData = Buffer.concat([
      this.#authenticatorData(options.rp.id, this.counter, { ...changes, also }),
      ...attested,
    ]);
    const attestation = new Map<string, CborValue>([
      ['fmt', changes.format ?? 'none'],
      ['attStmt', changes.statement ?? new Map()],
      ['authData', authData],
    ]);
    return {
      ...this.#credential(),
      response: {
        clientDataJSON: this.#clientData('webauthn.create', options.challenge, changes).toString('base64url'),
        attestationObject: cbor(attestation).toString('base64url'),
        transports: ['internal', 'hybrid', 'a transport of the future'],
      },
    };
  }

  /** Answers to request options. */
  get(options: RequestAsked, changes: Changes = {}) {
    if (this.#options.counts && changes.counter === undefined) this.counter++;
    const clientData = this.#clientData('webauthn.get', options.challenge, changes);
    const authData = this.#authenticatorData(options.rpId, changes.counter ?? this.counter, changes);
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()]);
    const hash = this.#algorithm === 'EdDSA' ? null : 'sha256';
    return {
      ...this.#credential(),
      response: {
        clientDataJSON: clientData.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: sign(hash, signed, changes.key ?? this.#keys.privateKey).toString('base64url'),
        userHandle: changes.userHandle ?? this.#userHandle,
      },
    };
  }

  #credential() {
    const { id } = this;
    return {
      id,
      rawId: id,
      type: 'public-key',
      authenticatorAttachment: 'platform',
      clientExtensionResults: {},
    };
  }

  #clientData(type: string, asked: string, changes: Changes): Buffer {
    const { challenge = asked, origin = this.origin, crossOrigin = false, topOrigin } = changes;
    return Buffer.from(
      JSON.stringify({ type: changes.type ?? type, challenge, origin, crossOrigin, topOrigin }),
    );
  }

  #authenticatorData(rpId: string, counter: number, { also = 0, without = 0, ...changes }: Changes): Buffer {
    const synced = this.#options.synced ? FLAGS.backupEligible | FLAGS.backedUp : 0;
    const flags = (FLAGS.present | FLAGS.verified | synced | also) & ~without;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const rp = createHash('sha256')
      .update(changes.rpId ?? rpId)
      .digest();
    return Buffer.concat([rp, Buffer.from([flags]), count]);
  }
}

interface CreationAsked {
  readonly challenge: string;
  readonly rp: { readonly id: string };
  readonly user: { readonly id: string };
}

interface RequestAsked {
  readonly challenge: string;
  readonly rpId: string;
}

/** What an authenticator signs to get past a check that reads only its answer. */
export const anotherKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
