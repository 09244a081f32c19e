import type { Occupancy } from '../../lib/occupancy.ts';
import type { NonceLimits } from './replay.ts';

/** The seconds of `t` that share one count. */
const SPAN = 16;

interface Workspace {
  readonly id: string;
  count: number;
}

/** A `k` with nonces: their count, and its number, from 1, until the last of them is forgotten. */
interface Holder {
  readonly number: number;
  readonly workspace: Workspace;
  count: number;
}

/**
 * Counts the nonces that are still stored, by `k` and by workspace. A key has a fixed limit. A workspace may hold
 * as many as are free (dynamic thresholds, Choudhury and Hahne 1998), so that no workspace fills the store for another.
 */
export class OutstandingNonces {
  readonly #limits: NonceLimits;
  readonly #spans = new Map<number, Map<string, number>>();
  readonly #of = new Map<string, Holder>();
  readonly #workspaces = new Map<string, Workspace>();
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

  hasRoom(k: string, workspace: string): boolean {
    const { perKey, total } = this.#limits;
    const holder = this.#of.get(k);
    const inWorkspace = (holder?.workspace ?? this.#workspaces.get(workspace))?.count ?? 0;
    return inWorkspace < total - this.#total && (holder?.count ?? 0) < perKey;
  }

  /** @returns the number of `k` */
  add(k: string, workspace: string, t: number): number {
    const span = Math.floor(t / SPAN);
    const counts = this.#spans.get(span) ?? new Map<string, number>();
    this.#spans.set(span, counts);
    counts.set(k, (counts.get(k) ?? 0) + 1);
    const holder = this.#of.get(k) ?? this.#newHolder(k, workspace);
    holder.count++;
    holder.workspace.count++;
    this.#total++;
    return holder.number;
  }

  /** Undoes an `add` whose claim was not won. */
  remove(k: string, t: number): void {
    const counts = this.#spans.get(Math.floor(t / SPAN));
    const count = counts?.get(k);
    // Absent if it was forgotten meanwhile.
    if (!counts || !count) return;
    counts.set(k, count - 1);
    this.#less(k, 1);
  }

  /** Forgets the spans that lie wholly at or below `t`. */
  forget(t: number): void {
    for (const [span, counts] of this.#spans) {
      if ((span + 1) * SPAN > t) continue;
      for (const [k, count] of counts) this.#less(k, count);
      this.#spans.delete(span);
    }
  }

  /** The `k` of a number that `add` returned, as long as it has nonces. */
  nameOf(number: number): string {
    return this.#names[number] as string;
  }

  #newHolder(k: string, id: string): Holder {
    const number = this.#free.pop() ?? this.#names.length;
    const workspace = this.#workspaces.get(id) ?? { id, count: 0 };
    const holder = { number, workspace, count: 0 };
    this.#names[number] = k;
    this.#of.set(k, holder);
    this.#workspaces.set(id, workspace);
    return holder;
  }

  #less(k: string, count: number): void {
    this.#total -= count;
    const holder = this.#of.get(k);
    if (!holder) return;
    holder.count -= count;
    holder.workspace.count -= count;
    if (holder.workspace.count === 0) this.#workspaces.delete(holder.workspace.id);
    if (holder.count > 0) return;
    this.#of.delete(k);
    this.#free.push(holder.number);
  }
}
