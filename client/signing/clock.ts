import type { ClockProof } from '../../shared/refusals.ts';
import { clockBase, SIGNATURE_MAX_AGE, SIGNATURE_MAX_AHEAD, type Signature } from '../../shared/signature.ts';
import { bytesFromBase64 } from '../../shared/structured-fields/values.ts';
import type { ResponseKey } from '../responses/response-key.ts';
import { pinnedKeys } from '../responses/service-keys.ts';
import type { AnyCredentials } from './credentials.ts';
import { hmacMatches } from './web-hashes.ts';

/** The server's time as a client knows it: its own clock, corrected by what the server proved. */
export class ServerClock {
  #correction = 0;

  /** Seconds by which its own clock is corrected: zero until the server has proven another time. */
  get correction(): number {
    return this.#correction;
  }

  /** Unix seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000) + this.#correction;
  }

  /**
   * Adopts the time in SIGNATURE_EXPIRED if its proof shows that the service sent it for this very signature.
   * @param pinned the keys of the service that the client was given. Keys that came with the response, or over the same
   * connection, would prove nothing
   */
  async correct(
    proof: ClockProof,
    { k, nonce }: Pick<Signature, 'k' | 'nonce'>,
    credentials: AnyCredentials,
    pinned: ResponseKey | null,
  ): Promise<boolean> {
    if (!Number.isSafeInteger(proof.now)) return false;
    if (!(await isProven(proof, clockBase(k, nonce, proof.now), credentials, pinned))) return false;
    this.#correction = proof.now - Math.floor(Date.now() / 1000);
    return true;
  }

  /**
   * Goes back to its own clock, after the server refused a corrected time: either clock may have been set right
   * since. The refusal proves nothing, so it may undo a correction, and nothing else.
   * @param correction with which the refused time was made
   * @returns whether the next time will differ
   */
  undo(correction: number): boolean {
    if (correction === this.#correction) this.#correction = 0;
    return correction !== this.#correction;
  }
}

/** Starts to measure. @returns milliseconds since then, rather too many than too few */
export function startStopwatch(): () => number {
  const [steady, wall] = [performance.now(), Date.now()];
  // Some machines stop the steady clock while they sleep; the other one may be set back.
  return () => Math.max(performance.now() - steady, Date.now() - wall);
}

/**
 * Whether a signature was outside its window when it was sent: then no copy of the request was carried out. One that is too old
 * when it is refused may have been accepted before, if a proxy sent the request a second time, much later. To a signature that is
 * ahead, the service responds only once it has recorded the nonce, so that no copy is accepted later either.
 * @param t of the signature, in unix seconds
 * @param now the service's time when it refused
 * @param elapsed milliseconds since the request was sent
 */
export function wasNeverValid(t: number, now: number, elapsed: number): boolean {
  return t > now + SIGNATURE_MAX_AHEAD || t < now - Math.ceil(elapsed / 1000) - SIGNATURE_MAX_AGE;
}

/** The credential decides which proof counts: a MAC under its secret, or a signature by a pinned key. */
async function isProven(
  proof: ClockProof,
  base: string,
  credentials: AnyCredentials,
  pinned: ResponseKey | null,
): Promise<boolean> {
  if (!('privateKey' in credentials))
    return 'mac' in proof && hmacMatches(credentials.signingSecret, base, proof.mac);
  if (!('signature' in proof) || !/^[A-Za-z0-9+/]{86}==$/.test(proof.signature)) return false;
  const signature = bytesFromBase64(proof.signature);
  const keys = pinned ?? ('responseKeys' in credentials ? pinnedKeys(credentials.responseKeys) : null);
  return keys ? keys.verifies(base, signature, proof.keyid) : false;
}
