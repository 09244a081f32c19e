import type { HashProvider } from './hash-provider.ts';
import { webHashes } from './web-hashes.ts';

/** What is used of `node:crypto`. */
interface NodeCrypto {
  hash(algorithm: string, data: string | Uint8Array, encoding: 'hex'): string;
  createHmac(algorithm: string, key: string): { update(text: string): { digest(encoding: 'hex'): string } };
  timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean;
}

const USED = ['hash', 'createHmac', 'timingSafeEqual'] as const satisfies (keyof NodeCrypto)[];
/** Longer data goes to WebCrypto, which hashes on another thread: this one would serve nobody else meanwhile. */
const LONGEST_HERE = 256 * 1024;
const utf8 = new TextEncoder();

/**
 * Hashes by `node:crypto`: WebCrypto takes several times as long for a short text, because Node runs it on another thread.
 * Null in a browser, and in a runtime without these functions. `process.getBuiltinModule` (Node 20.16 and 22.3) finds the
 * module without an import, which bundlers for browsers would refuse.
 */
export function findNodeHashes(): HashProvider | null {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const found = process?.getBuiltinModule?.('node:crypto') as Partial<NodeCrypto> | undefined;
  if (!found || !USED.every((name) => typeof found[name] === 'function')) return null;
  return nodeHashes(found as NodeCrypto);
}

function nodeHashes({ hash, createHmac, timingSafeEqual }: NodeCrypto): HashProvider {
  const hmacHex = (secret: string, text: string) => createHmac('sha256', secret).update(text).digest('hex');
  return {
    sha256Hex: (data) =>
      data.length > LONGEST_HERE ? webHashes.sha256Hex(data) : hash('sha256', data, 'hex'),
    hmacHex,
    hmacMatches(secret, text, mac) {
      const [given, right] = [utf8.encode(mac), utf8.encode(hmacHex(secret, text))];
      return given.length === right.length && timingSafeEqual(given, right);
    },
  };
}
