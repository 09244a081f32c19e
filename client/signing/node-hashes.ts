import type { HashProvider } from './hash-provider.ts';
import { webHashes } from './web-hashes.ts';

/** The part of `node:crypto` that is used. */
interface NodeCrypto {
  hash(algorithm: string, data: string | Uint8Array, encoding: 'hex'): string;
  createHmac(algorithm: string, key: string): { update(text: string): { digest(encoding: 'hex'): string } };
}

/** Longer data goes to WebCrypto, which hashes on another thread: hashing here would block all other work. */
const LONGEST_HERE = 256 * 1024;

/**
 * Hashes with `node:crypto`: WebCrypto takes several times as long for a short string, because Node runs it on another thread.
 * Null in a browser, and in a runtime without `crypto.hash`, the newest of the two functions. `process.getBuiltinModule`
 * (Node 20.16 and 22.3) finds the module without an import, which bundlers for browsers would refuse.
 */
export function findNodeHashes(): HashProvider | null {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  const crypto = process?.getBuiltinModule?.('node:crypto') as NodeCrypto | undefined;
  if (typeof crypto?.hash !== 'function') return null;
  return {
    sha256Hex: (data) =>
      data.length > LONGEST_HERE ? webHashes.sha256Hex(data) : crypto.hash('sha256', data, 'hex'),
    hmacHex: (secret, text) => crypto.createHmac('sha256', secret).update(text).digest('hex'),
  };
}
