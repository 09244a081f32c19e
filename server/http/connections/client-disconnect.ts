/**
 * Whether the client has disconnected. It creates an `AbortSignal` only when one is needed, because that takes longer than the
 * MAC.
 */
export class ClientDisconnect {
  #controller: AbortController | null = null;
  #isGone = false;

  leave(): void {
    this.#isGone = true;
    this.#controller?.abort();
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort();
    return this.#controller.signal;
  }
}
