import type { Send } from '../calls/transport.ts';
import type { ResponseKey, ResponseKeySet } from './response-key.ts';

/** A key whose code is loaded at its first use: most clients need none. */
function lazyKey(load: () => Promise<ResponseKey>): ResponseKey {
  let loading: Promise<ResponseKey> | undefined;
  const loadOnce = () => {
    loading ??= load();
    return loading;
  };
  return {
    algorithm: 'ed25519',
    isNamed: async (keyId) => (await loadOnce()).isNamed(keyId),
    verifies: async (base, signature, keyId) => (await loadOnce()).verifies(base, signature, keyId),
  };
}

/** Keys that the client was given as an option: it fetches no others. */
export const pinnedKeys = (directory: ResponseKeySet): ResponseKey =>
  lazyKey(async () => {
    const { importKeySet, keyById } = await import('./response-key-set.ts');
    const keys = await importKeySet(directory);
    return keyById(async (keyId) => keys.get(keyId));
  });

/** The keys of the service's directory, read with the first response. @param base the service's URL */
export const directoryKeys = (base: string, send: Send): ResponseKey =>
  lazyKey(async () => (await import('./response-directory.ts')).responseDirectory(base, send));
