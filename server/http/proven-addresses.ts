import { LRUCache } from 'lru-cache';
import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';

/** Workspaces in memory, and pairs of credential and address of each; the least recently used one is dropped. */
const WORKSPACES = 4_000;
const OF_WORKSPACE = 64;

/**
 * The addresses from which requests of each credential were admitted lately. Such a request had the right MAC, so
 * only a holder of the signing secret adds an address to a credential. A workspace evicts only its own pairs.
 */
export class ProvenAddresses {
  readonly #ofWorkspace = new LRUCache<string, LRUCache<string, true>>({ max: WORKSPACES });

  note([workspace = '', credential = '']: FairnessKey, address: string): void {
    let known = this.#ofWorkspace.get(workspace);
    if (!known) {
      known = new LRUCache({ max: OF_WORKSPACE });
      this.#ofWorkspace.set(workspace, known);
    }
    known.set(`${credential} ${address}`, true);
  }

  has([workspace = '', credential = '']: FairnessKey, address: string): boolean {
    return this.#ofWorkspace.get(workspace)?.has(`${credential} ${address}`) === true;
  }
}
