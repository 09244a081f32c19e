import type { ClockProof } from '../shared/refusals.ts';
import { clockBase, type Signature } from '../shared/signature.ts';
import { hmacMatches, type SigningSecret } from './hmac.ts';

/** The server's time as a client knows it: its own clock, corrected by what the server proved. */
export class ServerClock {
  #offset = 0;

  /** Unix seconds. */
  now(): number {
    return Math.floor(Date.now() / 1000) + this.#offset;
  }

  /**
   * Takes over the time from SIGNATURE_EXPIRED if its MAC proves that a holder of the signing secret sent it for this
   * very signature.
   */
  async correct(proof: ClockProof, { k, nonce }: Signature, signingSecret: SigningSecret): Promise<boolean> {
    if (!Number.isSafeInteger(proof.now)) return false;
    if (!(await hmacMatches(signingSecret, clockBase(k, nonce, proof.now), proof.mac))) return false;
    this.#offset = proof.now - Math.floor(Date.now() / 1000);
    return true;
  }
}
