import { RESPONSE_KEYS_PATH } from '../../shared/http-signature/response.ts';
import type { Send } from '../calls/transport.ts';
import type { ResponseKey } from './response-key.ts';
import { importKeySet, keyById } from './response-key-set.ts';

/** Milliseconds after which the directory is read again, and the minimum between two reads. */
const MAX_AGE_MS = 300_000;
const MIN_INTERVAL_MS = 5_000;
/** The longest read, in milliseconds: every response that is to be verified waits for it. */
const READ_TIMEOUT_MS = 5_000;

type KeySet = ReadonlyMap<string, CryptoKey>;

/**
 * The public keys of the service, which verify its responses, from its directory: read at first use, and again for a new key.
 * @param base the service's URL
 */
export function responseDirectory(base: string, send: Send): ResponseKey {
  const url = base + RESPONSE_KEYS_PATH;
  const read = async (signal: AbortSignal): Promise<KeySet> => {
    const response = await send({ url, method: 'GET', headers: {}, body: null, signal });
    if (response.status !== 200) throw new Error(`the directory of keys returned HTTP ${response.status}`);
    return importKeySet(await response.json());
  };
  let keys: Promise<KeySet> | null = null;
  let readAt = 0;
  return keyById(async (keyId) => {
    const age = Date.now() - readAt;
    const known = age < MAX_AGE_MS ? (await keys)?.get(keyId) : undefined;
    if (known || (keys && age < MIN_INTERVAL_MS)) return known;
    readAt = Date.now();
    const reading = withTimeout(read);
    keys = reading;
    // A directory that could not be read is requested again with the next response.
    reading.catch(() => {
      if (keys === reading) keys = null;
    });
    return (await reading).get(keyId);
  });
}

/** Rejects on timeout, whether or not the fetch respects a signal. */
async function withTimeout<T>(read: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new DOMException('The directory of keys did not respond in time.', 'TimeoutError');
      controller.abort(error);
      reject(error);
    }, READ_TIMEOUT_MS);
  });
  try {
    return await Promise.race([read(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
