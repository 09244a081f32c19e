import { LRUCache } from 'lru-cache';
import { MINUTE_MS } from '../../../shared/durations.ts';
import type { Clock } from '../../lib/clock.ts';
import { lruCache } from '../../lib/lru-cache.ts';
import type { Occupancy } from '../../lib/occupancy.ts';

/** How many IP addresses and networks are tracked at once; the least recent is dropped first. */
const MAX_SOURCES = 50_000;
/** How many workspaces' reports are tracked, and how many IP addresses of each. */
const MAX_REPORTING_WORKSPACES = 500;
const MAX_REPORTED_SOURCES = 1_000;

interface Count {
  readonly minute: number;
  readonly count: number;
}

/**
 * Counts failures of IP addresses and networks by the minute, in this process. Addresses that a workspace's service
 * reports are counted in a table of that workspace, so that its reports can only evict its own entries.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #counts = lruCache<Count>(MAX_SOURCES);
  readonly #reported = new LRUCache<string, LRUCache<string, Count>>({ max: MAX_REPORTING_WORKSPACES });

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get occupancy(): Occupancy {
    return { used: this.#counts.size, capacity: MAX_SOURCES };
  }

  /**
   * Counts one failure.
   * @param reportedBy the workspace whose service reports it; null if it happened here
   * @returns how many there were this minute, this one included
   */
  add(source: string, reportedBy: string | null = null): number {
    const counts = this.#tableOf(reportedBy);
    const minute = this.#minute();
    const seen = counts.get(source);
    const count = seen?.minute === minute ? seen.count + 1 : 1;
    counts.set(source, { minute, count });
    return count;
  }

  /** How many failures there were this minute. */
  count(source: string, reportedBy: string | null = null): number {
    const counts = reportedBy === null ? this.#counts : this.#reported.get(reportedBy);
    const seen = counts?.get(source);
    return seen?.minute === this.#minute() ? seen.count : 0;
  }

  /** Whole seconds until the count restarts, at least one. */
  retryAfter(): number {
    return Math.max(1, Math.ceil((MINUTE_MS - (this.#clock() % MINUTE_MS)) / 1000));
  }

  #minute(): number {
    return Math.floor(this.#clock() / MINUTE_MS);
  }

  #tableOf(reportedBy: string | null): LRUCache<string, Count> {
    if (reportedBy === null) return this.#counts;
    const known = this.#reported.get(reportedBy);
    if (known) return known;
    const table = new LRUCache<string, Count>({ max: MAX_REPORTED_SOURCES });
    this.#reported.set(reportedBy, table);
    return table;
  }
}
