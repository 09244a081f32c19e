import { LRUCache } from 'lru-cache';
import type { FairnessKey } from '../../../shared/fairness/fairness-key.ts';

/** Sponsors in memory, and workspaces of each. */
const MAX_SPONSORS = 2_000;
const WORKSPACES_PER_SPONSOR = 8;
/** Pairs of credential and address that all workspaces in memory share evenly, and the least that each of them gets. */
const MAX_PAIRS = 262_144;
const MIN_PAIRS = 64;

/**
 * The addresses from which requests of each credential were admitted lately. Such a request had the right MAC, so
 * only a holder of the signing secret adds an address to a credential. The least recently used workspace of a sponsor is
 * dropped, and the least recently used sponsor. A workspace drops only its own pairs.
 */
export class AdmittedAddresses {
  #workspaces = 0;
  readonly #ofSponsor = new LRUCache<string, LRUCache<string, RecentPairs>>({
    max: MAX_SPONSORS,
    dispose: (workspaces) => workspaces.clear(),
  });

  add([sponsor = '', workspace = '', credential = '']: FairnessKey, address: string): void {
    const workspaces = this.#ofSponsor.get(sponsor) ?? this.#addSponsor(sponsor);
    const pairs = workspaces.get(workspace) ?? this.#addWorkspace(workspaces, workspace);
    pairs.add(pairOf(credential, address), Math.max(MIN_PAIRS, MAX_PAIRS / this.#workspaces));
  }

  has([sponsor = '', workspace = '', credential = '']: FairnessKey, address: string): boolean {
    return this.#ofSponsor.get(sponsor)?.get(workspace)?.has(pairOf(credential, address)) === true;
  }

  #addSponsor(sponsor: string): LRUCache<string, RecentPairs> {
    const workspaces = new LRUCache<string, RecentPairs>({
      max: WORKSPACES_PER_SPONSOR,
      dispose: () => void this.#workspaces--,
    });
    this.#ofSponsor.set(sponsor, workspaces);
    return workspaces;
  }

  #addWorkspace(workspaces: LRUCache<string, RecentPairs>, workspace: string): RecentPairs {
    const pairs = new RecentPairs();
    workspaces.set(workspace, pairs);
    this.#workspaces++;
    return pairs;
  }
}

const pairOf = (credential: string, address: string): string => `${credential} ${address}`;

/**
 * The pairs of a workspace, in two halves: when the newer one is full, the older one is dropped whole. Nothing is deleted
 * from a `Set`: one whose entries come and go with the requests leaves a chain of old tables for the garbage collector.
 */
class RecentPairs {
  #newer = new Set<string>();
  #older: ReadonlySet<string> = new Set();

  has(pair: string): boolean {
    return this.#newer.has(pair) || this.#older.has(pair);
  }

  /** @param room pairs of both halves together */
  add(pair: string, room: number): void {
    if (this.#newer.has(pair)) return;
    if (this.#newer.size >= room / 2) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(pair);
  }
}
