import { hash, randomFillSync } from 'node:crypto';

/** Of a digest four words are kept, 128 bits: two nonces that have them in common are not to be found. */
const DIGEST = 4;
/** A slot is a digest and the number of the claiming credential; 0 means that the slot is free. */
const SLOT = DIGEST + 1;
const FEWEST = 16;
/** How full the slots may be, in hundredths, before there are twice as many. */
const FULL = 70;
/**
 * Random multipliers that choose the slot of a digest, different in each process. Callers choose their nonces, and could
 * otherwise find any number of them that collide (multiply-shift hashing, Dietzfelbinger 1996).
 */
const MULTIPLIERS = randomFillSync(new Uint32Array(DIGEST)).map((random) => random | 1);

/** 128 bits of the SHA-256 of a holder's id and nonce, as four words. */
export function nonceDigest(k: string, nonce: string): Uint32Array {
  return wordsOf(hash('sha256', `${k} ${nonce}`, 'buffer'));
}

/** The first 128 bits. */
export function wordsOf(bytes: Buffer): Uint32Array {
  const words = new Uint32Array(DIGEST);
  for (let word = 0; word < DIGEST; word++) words[word] = bytes.readUInt32LE(4 * word);
  return words;
}

/** The same again. */
export function bytesOf(digest: Uint32Array): Buffer {
  const bytes = Buffer.alloc(4 * DIGEST);
  for (const [word, value] of digest.entries()) bytes.writeUInt32LE(value, 4 * word);
  return bytes;
}

/** Nonces that were claimed, by their digests: 29 to 57 bytes each, outside of the heap that is searched for garbage. */
export class NonceSet {
  #slots = new Uint32Array(FEWEST * SLOT);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(digest: Uint32Array): boolean {
    return this.#slots[this.#find(digest) + DIGEST] !== 0;
  }

  /** @param holder more than 0; of a digest that is not there */
  add(digest: Uint32Array, holder: number): void {
    if ((this.#size + 1) * 100 * SLOT > this.#slots.length * FULL) this.#grow();
    const at = this.#find(digest);
    this.#slots.set(digest, at);
    this.#slots[at + DIGEST] = holder;
    this.#size++;
  }

  *[Symbol.iterator](): Iterator<readonly [digest: Uint32Array, holder: number]> {
    for (let at = 0; at < this.#slots.length; at += SLOT) {
      const holder = this.#slots[at + DIGEST] as number;
      if (holder !== 0) yield [this.#slots.subarray(at, at + DIGEST), holder];
    }
  }

  /** Where a digest stands, or would; there is always room for one. */
  #find(digest: Uint32Array): number {
    const slots = this.#slots;
    const mask = slots.length / SLOT - 1;
    for (let nth = mixed(digest) >>> Math.clz32(mask); ; nth = (nth + 1) & mask) {
      const at = nth * SLOT;
      if (slots[at + DIGEST] === 0 || isAt(slots, at, digest)) return at;
    }
  }

  #grow(): void {
    const known = [...this];
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (const [digest, holder] of known) {
      const at = this.#find(digest);
      this.#slots.set(digest, at);
      this.#slots[at + DIGEST] = holder;
    }
  }
}

/** 32 bits, of which the upper ones are the better. */
function mixed(digest: Uint32Array): number {
  let sum = 0;
  for (let word = 0; word < DIGEST; word++) {
    sum += Math.imul(MULTIPLIERS[word] as number, digest[word] as number);
  }
  return sum | 0;
}

function isAt(slots: Uint32Array, at: number, digest: Uint32Array): boolean {
  for (let word = 0; word < DIGEST; word++) if (slots[at + word] !== digest[word]) return false;
  return true;
}
