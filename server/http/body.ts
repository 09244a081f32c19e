import { createHash, type Hash, hash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import type { Body } from '../gate/request.ts';
import { Refusal } from '../refusal.ts';
import type { Fill } from '../stores/fill.ts';

const EMPTY: Body = { bytes: new Uint8Array(0), digest: EMPTY_SHA256 };

/** The bytes that may be buffered for all requests together. */
export class BodyBudget {
  readonly #most: number;
  #left: number;

  constructor(bytes: number) {
    this.#most = bytes;
    this.#left = bytes;
  }

  get fill(): Fill {
    return { held: this.#most - this.#left, most: this.#most };
  }

  take(bytes: number): boolean {
    if (bytes > this.#left) return false;
    this.#left -= bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#left += bytes;
  }
}

/** Refuses a declared length over the limit, before anything is read. */
export function checkLength(request: IncomingMessage, limit: number): void {
  if (Number(request.headers['content-length'] ?? 0) > limit) throw new Refusal('BODY_TOO_LARGE');
}

/**
 * Reads a body whole, hashing it as it arrives, and holds its bytes against the budget until `release`.
 * Refuses with BODY_TOO_LARGE, REQUEST_MALFORMED (trailers, a body cut short), UNAVAILABLE (budget). The
 * request is left open then, so that it can be answered.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  budget: BodyBudget,
): Promise<{ body: Body; release: () => void }> {
  return new Promise((resolve, reject) => {
    let running: Hash | undefined;
    const chunks: Buffer[] = [];
    let size = 0;
    const release = () => {
      budget.giveBack(size);
      size = 0;
    };
    const fail = (refusal: Refusal) => {
      request.off('data', take);
      release();
      reject(refusal);
    };
    const take = (chunk: Buffer) => {
      if (size + chunk.length > limit) return fail(new Refusal('BODY_TOO_LARGE'));
      if (!budget.take(chunk.length))
        return fail(new Refusal('UNAVAILABLE', { retryAfter: 1 }, 'no memory left'));
      size += chunk.length;
      // What comes in one piece is hashed at once.
      if (chunks.length === 1) running = createHash('sha256').update(chunks[0] as Buffer);
      running?.update(chunk);
      chunks.push(chunk);
    };
    request.on('data', take);
    request.once('end', () => {
      if (request.rawTrailers.length > 0) return fail(new Refusal('REQUEST_MALFORMED'));
      if (size === 0) return resolve({ body: EMPTY, release });
      const bytes = chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks, size);
      const digest = running ? running.digest('hex') : hash('sha256', bytes, 'hex');
      resolve({ body: { bytes, digest }, release });
    });
    request.once('error', (error) => fail(new Refusal('REQUEST_MALFORMED', {}, error)));
    request.once('close', () => request.complete || fail(new Refusal('REQUEST_MALFORMED')));
  });
}
