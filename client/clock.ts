import type { ClockProof } from '../shared/refusals.ts';
import { clockBase, type Signature } from '../shared/signature.ts';
import type { SigningSecret } from './hmac.ts';
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
   * Takes over the time from SIGNATURE_EXPIRED if its MAC proves that a holder of the signing secret sent it for this
   * very signature.
   */
  async correct(
    proof: ClockProof,
    { k, nonce }: Pick<Signature, 'k' | 'nonce'>,
    signingSecret: SigningSecret,
  ): Promise<boolean> {
    if (!Number.isSafeInteger(proof.now)) return false;
    if (!(await hmacMatches(signingSecret, clockBase(k, nonce, proof.now), proof.mac))) return false;
    this.#correction = proof.now - Math.floor(Date.now() / 1000);
    return true;
  }

  /**
   * Goes back to its own clock, after the server refused a time that was corrected: either clock may have been put right
   * since. The refusal proves nothing, so it may undo a correction, and nothing else.
   * @param correction with which the refused time was made
   * @returns whether the next time is another
   */
  undo(correction: number): boolean {
    if (correction === this.#correction) this.#correction = 0;
    return correction !== this.#correction;
  }
}
