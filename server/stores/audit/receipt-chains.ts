import { sql } from 'drizzle-orm';
import { receiptChains } from '../../../drizzle/schema/audit.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { CHAIN_START, type ReceiptPosition } from '../../../shared/http-signature/receipt.ts';
import { type Clock, seconds } from '../../lib/clock.ts';
import { Batcher, type BatchLoad } from '../database/batcher.ts';
import type { Database } from '../database/database.ts';
import { LockedRowRetries } from '../database/locked-row-retries.ts';

/** Calls share statements. If more than `maxQueued` calls wait, the store counts as unavailable. */
const BATCHES = { size: 100, maxConcurrent: 2, minBatchToOverlap: 64, maxQueued: 5_000 };
/** Workspaces whose chains are known to exist. */
const MAX_KNOWN_CHAINS = 10_000;

/** A call that requests a position. */
interface PositionRequest {
  readonly workspaceId: string;
  /** SHA-256 of the request, lowercase hex. */
  readonly request: string;
  readonly payer: FairnessPath;
}

/**
 * The chains of receipts, one for each workspace: a number that rises by one with each receipt, and a hash over all of them.
 * Instances extend a chain in turn, by the lock of its row; calls at the same moment share one statement. The row is written
 * before the call is carried out, so no call that is carried out lacks its position; a position whose response is lost is a gap
 * that the next receipt shows.
 */
export class ReceiptChains {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #known = new Set<string>();
  /** Null if another instance had locked the chain. */
  readonly #batches: Batcher<PositionRequest, ReceiptPosition | null>;
  readonly #retries = new LockedRowRetries();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    this.#batches = new Batcher({
      ...BATCHES,
      payerOf: ({ payer }) => payer,
      run: (requested) => this.#extend(requested),
    });
  }

  get load(): BatchLoad {
    return this.#batches.load;
  }

  /** Reserves the next position in the chain of a workspace. @param request SHA-256 of the request, lowercase hex */
  take(workspaceId: string, request: string, payer: FairnessPath): Promise<ReceiptPosition> {
    return this.#retries.submit(payer, () => this.#batches.submit({ workspaceId, request, payer }));
  }

  async close(): Promise<void> {
    await this.#batches.drain();
  }

  async #extend(requested: readonly PositionRequest[]): Promise<(ReceiptPosition | null)[]> {
    await this.#begin(requested.map(({ workspaceId }) => workspaceId));
    const rows = await this.#database.query<Link>(extendChains(requested, seconds(this.#clock)));
    const links = new Map(rows.map((row) => [row.i, row]));
    return requested.map(({ workspaceId, request }, i) => {
      const link = links.get(i);
      if (!link) {
        // If its row was deleted by hand, the next attempt begins the chain again.
        this.#known.delete(workspaceId);
        return null;
      }
      const { sequence, time, previous } = link;
      return { workspace: workspaceId, sequence: Number(sequence), time: Number(time), previous, request };
    });
  }

  /** Begins the chains that do not exist yet. */
  async #begin(workspaceIds: readonly string[]): Promise<void> {
    const unknown = [...new Set(workspaceIds)].filter((id) => !this.#known.has(id)).sort();
    if (unknown.length === 0) return;
    const rows = unknown.map((workspaceId) => ({ workspaceId, sequence: 0, head: CHAIN_START, time: 0 }));
    await this.#database.db.insert(receiptChains).values(rows).onConflictDoNothing();
    if (this.#known.size > MAX_KNOWN_CHAINS) this.#known.clear();
    for (const id of unknown) this.#known.add(id);
  }
}

/** A row that `extendChains` returns. A driver may return whole numbers as strings. */
interface Link {
  readonly i: number;
  readonly sequence: number | string;
  readonly time: number | string;
  readonly previous: string;
}

/**
 * Locks the chains, adds a link for each request (`linkText`), and writes where they end. Chains that another transaction has
 * locked are left out. `links` goes through the requests of each workspace in their order.
 */
function extendChains(requested: readonly PositionRequest[], now: number) {
  const counts = new Map<string, number>();
  const rows = requested.map(({ workspaceId, request }, i) => {
    const nth = (counts.get(workspaceId) ?? 0) + 1;
    counts.set(workspaceId, nth);
    return { i, workspace: workspaceId, nth, request };
  });
  return sql`
    with recursive requested as materialized (
      select * from json_to_recordset(${JSON.stringify(rows)}::text::json)
        as a (i int, workspace text, nth int, request text)
    ), locked as materialized (
      select workspace_id, sequence, head, time from ${receiptChains}
      where workspace_id in (select workspace from requested)
      order by workspace_id for no key update skip locked
    ), links as (
      select workspace_id, 0 as nth, null::int as i, sequence, greatest(time, ${now}::bigint) as time,
        null::text as previous, head
      from locked
      union all
      select links.workspace_id, requested.nth, requested.i, links.sequence + 1, links.time, links.head,
        encode(sha256(convert_to(
          'v1.receipt' || chr(10) || links.workspace_id || chr(10) || (links.sequence + 1) || chr(10) ||
          links.time || chr(10) || links.head || chr(10) || requested.request, 'UTF8')), 'hex')
      from links join requested on requested.workspace = links.workspace_id and requested.nth = links.nth + 1
    ), ends as materialized (
      select distinct on (workspace_id) workspace_id, sequence, head, time from links order by workspace_id, nth desc
    ), extended as (
      update ${receiptChains} set sequence = ends.sequence, head = ends.head, time = ends.time
      from ends where receipt_chains.workspace_id = ends.workspace_id
      returning receipt_chains.workspace_id
    )
    select links.i, links.sequence, links.time, links.previous
    from links join extended using (workspace_id) where links.i is not null`;
}
