import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { MasterKey } from '../../lib/env-schema.ts';
import { HmacKey } from '../../lib/hmac.ts';

/** The purposes of derived keys; each has its own HKDF label. */
const PURPOSES = ['pepper', 'bearer', 'seal', 'refresh', 'cursors', 'audit', 'responses'] as const;
type Purpose = (typeof PURPOSES)[number];
/** Those whose keys make MACs. */
type MacPurpose = Exclude<Purpose, 'seal' | 'responses'>;

/** Where an encrypted value is stored. It is part of the associated data, so that the value cannot be moved. */
export interface EncryptionContext {
  readonly table: string;
  readonly column: string;
  readonly row: string;
}

export interface Encrypted {
  /** base64 of IV (12 bytes), ciphertext and tag (16 bytes). */
  readonly text: string;
  readonly version: number;
}

/** Rows need a master key version that the configuration lacks: this instance is not configured as the others are. */
class MasterKeyMissing extends Error {
  override readonly name = 'MasterKeyMissing';
  readonly code = '53000';

  constructor(version: number) {
    super(`master key version ${version} is not loaded`);
  }
}

/**
 * All operations with the master keys: MACs under a pepper, encryption with AES-256-GCM, derivation. Keys are derived
 * by HKDF-SHA-256 (RFC 5869) with a label for each purpose.
 */
export class Vault {
  /** The loaded versions; the first encrypts. */
  readonly versions: readonly number[];
  readonly #keys = new Map<string, Buffer>();
  readonly #hmacKeys = new Map<Buffer, HmacKey>();
  readonly #retiredAuditVersions = new Set<number>();
  #isBehind = false;

  constructor(masterKeys: readonly MasterKey[]) {
    this.versions = masterKeys.map((key) => key.version);
    for (const { version, bytes } of masterKeys) {
      for (const purpose of PURPOSES) {
        const derived = hkdfSync('sha256', bytes, '', `keyseal/1 ${purpose}`, 32);
        this.#keys.set(`${purpose} ${version}`, Buffer.from(derived));
      }
    }
  }

  get newest(): number {
    return this.versions[0] as number;
  }

  /** Whether a version is loaded. */
  has(version: number): boolean {
    return this.versions.includes(version);
  }

  /**
   * Whether a row with a version newer than all loaded ones was met: other instances have that version, and this one
   * cannot verify what they write. It stays true until a startup with that version.
   */
  get lacksNewestKey(): boolean {
    return this.#isBehind;
  }

  /**
   * Whether values of these versions can be verified; false if one of them is a retired version.
   * @throws if one is newer than all loaded ones
   */
  canVerify(...versions: readonly number[]): boolean {
    const missing = versions.filter((version) => !this.has(version));
    for (const version of missing) if (version > Math.max(...this.versions)) throw this.#missing(version);
    return missing.length === 0;
  }

  #missing(version: number): MasterKeyMissing {
    this.#isBehind ||= version > Math.max(...this.versions);
    return new MasterKeyMissing(version);
  }

  /** Retired versions whose audit key is stored, so that the audit log no longer needs their master key. */
  get retiredAuditVersions(): readonly number[] {
    return [...this.#retiredAuditVersions];
  }

  /** Whether a MAC of the audit log under a version can be verified. */
  canAudit(version: number): boolean {
    return this.has(version) || this.#retiredAuditVersions.has(version);
  }

  /** The audit key of a loaded version, encrypted under the newest. */
  encryptAuditKey(version: number): Encrypted {
    return this.encrypt(this.#key('audit', version).toString('base64'), auditKeyPlace(version));
  }

  /** Whether an encrypted value is the audit key of a loaded version. */
  isAuditKey(version: number, encrypted: Encrypted): boolean {
    return this.#decryptAuditKey(version, encrypted)?.equals(this.#key('audit', version)) === true;
  }

  /**
   * Loads a stored audit key. Ignores one that cannot be decrypted, and one that differs from that of a loaded version.
   */
  loadAuditKey(version: number, encrypted: Encrypted): void {
    const key = this.#decryptAuditKey(version, encrypted);
    if (!key || (this.has(version) && !this.isAuditKey(version, encrypted))) return;
    this.#keys.set(`audit ${version}`, key);
    this.#retiredAuditVersions.add(version);
  }

  #decryptAuditKey(version: number, encrypted: Encrypted): Buffer | null {
    try {
      return Buffer.from(this.decrypt(encrypted, auditKeyPlace(version)), 'base64');
    } catch {
      return null;
    }
  }

  /** HMAC-SHA-256 of a string under a purpose's key, in lowercase hex by default. */
  mac(purpose: MacPurpose, text: string, version = this.newest, encoding: 'hex' | 'binary' = 'hex'): string {
    return this.#hmacKey(purpose, version).mac(text, encoding);
  }

  /** Whether a string has this MAC, compared in constant time. */
  matches(purpose: MacPurpose, text: string, hash: string, version: number): boolean {
    return this.#hmacKey(purpose, version).verify(text, hash);
  }

  /** The 32 bytes from which a loaded version makes the Ed25519 key of the service's responses (RFC 8032 §5.1.5). */
  responseSeed(version: number): Buffer {
    return this.#key('responses', version);
  }

  /** Encrypts a string under the newest version. */
  encrypt(text: string, context: EncryptionContext): Encrypted {
    const version = this.newest;
    const iv = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#key('seal', version), iv);
    cipher.setAAD(associatedData(context, version));
    const encrypted = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { text: encrypted.toString('base64'), version };
  }

  /** @throws if another key encrypted the value, it belongs to another context, or it was changed */
  decrypt(encrypted: Encrypted, context: EncryptionContext): string {
    const bytes = Buffer.from(encrypted.text, 'base64');
    const decipher = createDecipheriv(
      'aes-256-gcm',
      this.#key('seal', encrypted.version),
      bytes.subarray(0, 12),
      {
        authTagLength: 16,
      },
    );
    decipher.setAAD(associatedData(context, encrypted.version));
    decipher.setAuthTag(bytes.subarray(-16));
    return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]).toString('utf8');
  }

  #hmacKey(purpose: Purpose, version: number): HmacKey {
    const key = this.#key(purpose, version);
    const known = this.#hmacKeys.get(key) ?? new HmacKey(key);
    this.#hmacKeys.set(key, known);
    return known;
  }

  #key(purpose: Purpose, version: number): Buffer {
    const key = this.#keys.get(`${purpose} ${version}`);
    if (!key) throw this.#missing(version);
    return key;
  }
}

const auditKeyPlace = (version: number): EncryptionContext => ({
  table: 'audit_keys',
  column: 'key',
  row: String(version),
});

function associatedData({ table, column, row }: EncryptionContext, version: number): Buffer {
  return Buffer.from(`${table}.${column}:${row}:${version}`, 'utf8');
}
