import { LRUCache } from 'lru-cache';
import type { FairnessKey } from '../../shared/fairness/fairness-key.ts';

/** Sponsors in memory, workspaces of each, and pairs of credential and address of each workspace. */
const SPONSORS = 2_000;
const OF_SPONSOR = 8;
const OF_WORKSPACE = 64;

type Pairs = LRUCache<string, true>;

/**
 * The addresses from which requests of each credential were admitted lately. Such a request had the right MAC, so
 * only a holder of the signing secret adds an address to a credential. At each level the least recently used entry is
 * dropped: a workspace evicts only its own pairs, and a sponsor only pairs of its own workspaces.
 */
export class AdmittedAddresses {
  readonly #ofSponsor = new LRUCache<string, LRUCache<string, Pairs>>({ max: SPONSORS });

  note([sponsor = '', workspace = '', credential = '']: FairnessKey, address: string): void {
    const workspaces = this.#ofSponsor.get(sponsor) ?? new LRUCache({ max: OF_SPONSOR });
    const pairs = workspaces.get(workspace) ?? new LRUCache({ max: OF_WORKSPACE });
    this.#ofSponsor.set(sponsor, workspaces);
    workspaces.set(workspace, pairs);
    pairs.set(`${credential} ${address}`, true);
  }

  has([sponsor = '', workspace = '', credential = '']: FairnessKey, address: string): boolean {
    return this.#ofSponsor.get(sponsor)?.get(workspace)?.has(`${credential} ${address}`) === true;
  }
}
