import { randomFillSync } from 'node:crypto';
import { transientSha256 } from '../../lib/transient-sha256.ts';

/** Four words of a digest are stored, 128 bits: finding two nonces that share them is infeasible. */
const DIGEST_WORDS = 4;
/** A slot is a digest and the number of the claiming credential; 0 means that the slot is free. */
const SLOT_WORDS = DIGEST_WORDS + 1;
const MIN_SLOTS = 16;
/** The load in percent at which the number of slots doubles. */
const MAX_LOAD_PERCENT = 70;
/**
 * Random multipliers that choose the slot of a digest, different in each process. Callers choose their nonces, and could
 * otherwise find any number of them that collide (multiply-shift hashing, Dietzfelbinger 1996).
 */
const MULTIPLIERS = randomFillSync(new Uint32Array(DIGEST_WORDS)).map((random) => random | 1);

/** 128 bits of the SHA-256 of a signer's id and a nonce, as four words. */
export function nonceDigest(k: string, nonce: string): Uint32Array {
  return wordsOf(transientSha256(`${k} ${nonce}`));
}

/** The first 128 bits. */
export function wordsOf(bytes: Buffer): Uint32Array {
  const words = new Uint32Array(DIGEST_WORDS);
  for (let word = 0; word < DIGEST_WORDS; word++) words[word] = bytes.readUInt32LE(4 * word);
  return words;
}

/** The bytes of a digest: the inverse of `wordsOf`. */
export function bytesOf(digest: Uint32Array): Buffer {
  const bytes = Buffer.alloc(4 * DIGEST_WORDS);
  for (const [word, value] of digest.entries()) bytes.writeUInt32LE(value, 4 * word);
  return bytes;
}

/** Claimed nonces by their digests: 29 to 57 bytes each, outside the garbage-collected heap. */
export class NonceSet {
  #slots = new Uint32Array(MIN_SLOTS * SLOT_WORDS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(digest: Uint32Array): boolean {
    return this.#slots[this.#find(digest) + DIGEST_WORDS] !== 0;
  }

  /** Adds a digest that the set lacks. @param signer its number, greater than 0 */
  add(digest: Uint32Array, signer: number): void {
    if ((this.#size + 1) * 100 * SLOT_WORDS > this.#slots.length * MAX_LOAD_PERCENT) this.#grow();
    const at = this.#find(digest);
    this.#slots.set(digest, at);
    this.#slots[at + DIGEST_WORDS] = signer;
    this.#size++;
  }

  *[Symbol.iterator](): Iterator<readonly [digest: Uint32Array, signer: number]> {
    for (let at = 0; at < this.#slots.length; at += SLOT_WORDS) {
      const signer = this.#slots[at + DIGEST_WORDS] as number;
      if (signer !== 0) yield [this.#slots.subarray(at, at + DIGEST_WORDS), signer];
    }
  }

  /** The slot of a digest, or the empty slot for it; there is always an empty one. */
  #find(digest: Uint32Array): number {
    const slots = this.#slots;
    const mask = slots.length / SLOT_WORDS - 1;
    for (let nth = mixDigest(digest) >>> Math.clz32(mask); ; nth = (nth + 1) & mask) {
      const at = nth * SLOT_WORDS;
      if (slots[at + DIGEST_WORDS] === 0 || isAt(slots, at, digest)) return at;
    }
  }

  #grow(): void {
    const before = this.#slots;
    const digest = new Uint32Array(DIGEST_WORDS);
    this.#slots = new Uint32Array(2 * before.length);
    for (let from = 0; from < before.length; from += SLOT_WORDS) {
      const signer = before[from + DIGEST_WORDS] as number;
      if (signer === 0) continue;
      for (let word = 0; word < DIGEST_WORDS; word++) digest[word] = before[from + word] as number;
      const at = this.#find(digest);
      this.#slots.set(digest, at);
      this.#slots[at + DIGEST_WORDS] = signer;
    }
  }
}

/** A 32-bit hash, whose upper bits are better distributed. */
function mixDigest(digest: Uint32Array): number {
  let sum = 0;
  for (let word = 0; word < DIGEST_WORDS; word++) {
    sum += Math.imul(MULTIPLIERS[word] as number, digest[word] as number);
  }
  return sum | 0;
}

function isAt(slots: Uint32Array, at: number, digest: Uint32Array): boolean {
  for (let word = 0; word < DIGEST_WORDS; word++) if (slots[at + word] !== digest[word]) return false;
  return true;
}
