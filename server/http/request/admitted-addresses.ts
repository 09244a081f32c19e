import { LRUCache } from 'lru-cache';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';

/** Sponsors in memory, and workspaces of each. */
const MAX_SPONSORS = 2_000;
const WORKSPACES_PER_SPONSOR = 8;
/** Entries (a credential and an IP address) that all workspaces in memory share evenly, and the minimum for each of them. */
const MAX_ENTRIES = 262_144;
const MIN_ENTRIES_PER_WORKSPACE = 64;

/**
 * The IP addresses from which requests of each credential were recently admitted. Such a request had a valid MAC, so only a
 * holder of the signing secret can add an IP address to a credential. When memory is full, the least recently used workspace of
 * a sponsor is dropped, and the least recently used sponsor. A workspace drops only its own entries.
 */
export class AdmittedAddresses {
  #workspaces = 0;
  readonly #ofSponsor = new LRUCache<string, LRUCache<string, RecentEntries>>({
    max: MAX_SPONSORS,
    dispose: (workspaces) => workspaces.clear(),
  });

  add([sponsor = '', workspace = '', credential = '']: FairnessPath, address: string): void {
    const workspaces = this.#ofSponsor.get(sponsor) ?? this.#addSponsor(sponsor);
    const entries = workspaces.get(workspace) ?? this.#addWorkspace(workspaces, workspace);
    const room = Math.max(MIN_ENTRIES_PER_WORKSPACE, MAX_ENTRIES / this.#workspaces);
    entries.add(entryKey(credential, address), room);
  }

  has([sponsor = '', workspace = '', credential = '']: FairnessPath, address: string): boolean {
    return this.#ofSponsor.get(sponsor)?.get(workspace)?.has(entryKey(credential, address)) === true;
  }

  #addSponsor(sponsor: string): LRUCache<string, RecentEntries> {
    const workspaces = new LRUCache<string, RecentEntries>({
      max: WORKSPACES_PER_SPONSOR,
      dispose: () => void this.#workspaces--,
    });
    this.#ofSponsor.set(sponsor, workspaces);
    return workspaces;
  }

  #addWorkspace(workspaces: LRUCache<string, RecentEntries>, workspace: string): RecentEntries {
    const entries = new RecentEntries();
    workspaces.set(workspace, entries);
    this.#workspaces++;
    return entries;
  }
}

const entryKey = (credential: string, address: string): string => `${credential} ${address}`;

/**
 * The entries of a workspace, in two halves: when the newer one is full, the older one is dropped whole. Nothing is deleted
 * from a `Set`: one whose entries come and go with the requests leaves a chain of old tables for the garbage collector.
 */
class RecentEntries {
  #newer = new Set<string>();
  #older: ReadonlySet<string> = new Set();

  has(entry: string): boolean {
    return this.#newer.has(entry) || this.#older.has(entry);
  }

  /** @param room the number of entries in both halves together */
  add(entry: string, room: number): void {
    if (this.#newer.has(entry)) return;
    if (this.#newer.size >= room / 2) {
      this.#older = this.#newer;
      this.#newer = new Set();
    }
    this.#newer.add(entry);
  }
}
