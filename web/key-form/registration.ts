/** What `keyseal keygen` prints, and `keys.create` and `keys.rotate` take: a public key, and the proof that its holder has the private one. */
export interface Registration {
  readonly publicKey: Readonly<Record<string, unknown>>;
  readonly proof: string;
}

/** Members of a key that is not public alone: such a key must not leave this page. */
const PRIVATE = ['d', 'k', 'p', 'q'];

/** Reads a pasted registration; null if the text is anything else, or has a private key. */
export function readRegistration(text: string): Registration | null {
  try {
    const { publicKey, proof } = Object(JSON.parse(text));
    const isKey = typeof publicKey === 'object' && publicKey !== null && !Array.isArray(publicKey);
    if (!isKey || typeof proof !== 'string') return null;
    return PRIVATE.some((name) => Object.hasOwn(publicKey, name)) ? null : { publicKey, proof };
  } catch {
    return null;
  }
}
