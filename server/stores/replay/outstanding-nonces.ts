import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Occupancy } from '../../lib/occupancy.ts';
import type { NonceLimits } from './replay.ts';

/** The seconds of `t` that share one count. */
const SECONDS_PER_SPAN = 16;

/** A workspace may hold this many times what its sponsor may still add. */
const WORKSPACE_FACTOR = 3;

interface Sponsor {
  readonly id: string;
  count: number;
}

interface Workspace {
  /** The fairness path down to the workspace, as a string. */
  readonly name: string;
  readonly sponsor: Sponsor;
  count: number;
}

/** A `k` with nonces: their count, and its number, from 1, until the last of them is forgotten. */
interface Signer {
  readonly number: number;
  readonly workspace: Workspace;
  count: number;
}

/**
 * Counts the nonces that are still stored, by `k`, workspace and sponsor. A key has a fixed limit. A sponsor may hold as
 * many as are free, and a workspace of it three times as many as its sponsor may still add (dynamic thresholds, Choudhury
 * and Hahne 1998): no sponsor fills the store for another, and no workspace fills its sponsor's share.
 */
export class OutstandingNonces {
  readonly #limits: NonceLimits;
  readonly #spans = new Map<number, Map<string, number>>();
  readonly #signers = new Map<string, Signer>();
  readonly #workspaces = new Map<string, Workspace>();
  readonly #sponsors = new Map<string, Sponsor>();
  /** Each `k` with nonces, under its number. */
  readonly #names: string[] = [''];
  readonly #free: number[] = [];
  #total = 0;

  constructor(limits: NonceLimits) {
    this.#limits = limits;
  }

  get occupancy(): Occupancy {
    return { used: this.#total, capacity: this.#limits.total };
  }

  hasRoom(k: string, payer: FairnessPath): boolean {
    const { perKey, total } = this.#limits;
    const signer = this.#signers.get(k);
    if ((signer?.count ?? 0) >= perKey) return false;
    const [sponsorId = '', workspaceId = ''] = payer;
    const workspace = signer?.workspace ?? this.#workspaces.get(`${sponsorId} ${workspaceId}`);
    const ofSponsor = (workspace?.sponsor ?? this.#sponsors.get(sponsorId))?.count ?? 0;
    const free = total - this.#total - ofSponsor;
    if (free <= 0) return false;
    // A workspace without a sponsor is the only one of its group.
    if (sponsorId === workspaceId) return true;
    return (workspace?.count ?? 0) < (free / 2) * WORKSPACE_FACTOR;
  }

  /** @returns the number of `k` */
  add(k: string, payer: FairnessPath, t: number): number {
    const span = Math.floor(t / SECONDS_PER_SPAN);
    const counts = this.#spans.get(span) ?? new Map<string, number>();
    this.#spans.set(span, counts);
    counts.set(k, (counts.get(k) ?? 0) + 1);
    const signer = this.#signers.get(k) ?? this.#newSigner(k, payer);
    signer.count++;
    signer.workspace.count++;
    signer.workspace.sponsor.count++;
    this.#total++;
    return signer.number;
  }

  /** Undoes an `add` whose claim was not won. */
  remove(k: string, t: number): void {
    const counts = this.#spans.get(Math.floor(t / SECONDS_PER_SPAN));
    const count = counts?.get(k);
    // Absent if it was forgotten in the meantime.
    if (!counts || !count) return;
    counts.set(k, count - 1);
    this.#subtract(k, 1);
  }

  /** Forgets the spans that lie wholly at or below `t`. */
  forget(t: number): void {
    for (const [span, counts] of this.#spans) {
      if ((span + 1) * SECONDS_PER_SPAN > t) continue;
      for (const [k, count] of counts) this.#subtract(k, count);
      this.#spans.delete(span);
    }
  }

  /** The `k` of a number that `add` returned, as long as it has nonces. */
  nameOf(number: number): string {
    return this.#names[number] as string;
  }

  #newSigner(k: string, payer: FairnessPath): Signer {
    const number = this.#free.pop() ?? this.#names.length;
    const workspace = this.#workspaceOf(payer);
    const signer = { number, workspace, count: 0 };
    this.#names[number] = k;
    this.#signers.set(k, signer);
    return signer;
  }

  #workspaceOf([sponsorId = '', workspaceId = '']: FairnessPath): Workspace {
    const name = `${sponsorId} ${workspaceId}`;
    const sponsor = this.#sponsors.get(sponsorId) ?? { id: sponsorId, count: 0 };
    const workspace = this.#workspaces.get(name) ?? { name, sponsor, count: 0 };
    this.#sponsors.set(sponsorId, sponsor);
    this.#workspaces.set(name, workspace);
    return workspace;
  }

  #subtract(k: string, count: number): void {
    this.#total -= count;
    const signer = this.#signers.get(k);
    if (!signer) return;
    signer.count -= count;
    const { name, sponsor } = signer.workspace;
    signer.workspace.count -= count;
    sponsor.count -= count;
    if (signer.workspace.count === 0) this.#workspaces.delete(name);
    if (sponsor.count === 0) this.#sponsors.delete(sponsor.id);
    if (signer.count > 0) return;
    this.#signers.delete(k);
    this.#free.push(signer.number);
  }
}
