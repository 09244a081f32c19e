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
  /** Null if the chain does not exist yet, or another session has locked it. */
  readonly #positions: Batcher<PositionRequest, ReceiptPosition | null>;
  /** Whether the chain was begun. Calls of chains that exist do not wait for these statements. */
  readonly #beginnings: Batcher<PositionRequest, boolean>;
  readonly #retries = new LockedRowRetries();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
    const payerOf = ({ payer }: PositionRequest) => payer;
    this.#positions = new Batcher({ ...BATCHES, payerOf, run: (requested) => this.#extend(requested) });
    this.#beginnings = new Batcher({ ...BATCHES, payerOf, run: (requested) => this.#begin(requested) });
  }

  get load(): BatchLoad {
    return this.#positions.load;
  }

  /** Reserves the next position in the chain of a workspace. @param request SHA-256 of the request, lowercase hex */
  take(workspaceId: string, request: string, payer: FairnessPath): Promise<ReceiptPosition> {
    const requested = { workspaceId, request, payer };
    return this.#retries.submit(payer, async () => {
      const position = await this.#positions.submit(requested);
      if (position || !(await this.#beginnings.submit(requested))) return position;
      return this.#positions.submit(requested);
    });
  }

  async close(): Promise<void> {
    await this.#retries.drain();
    await Promise.all([this.#positions.drain(), this.#beginnings.drain()]);
  }

  async #extend(requested: readonly PositionRequest[]): Promise<(ReceiptPosition | null)[]> {
    const rows = await this.#database.query<Link>(extendChains(requested, seconds(this.#clock)));
    const links = new Map(rows.map((row) => [row.i, row]));
    return requested.map(({ workspaceId, request }, i) => {
      const link = links.get(i);
      if (!link) return null;
      const { sequence, time, previous } = link;
      return { workspace: workspaceId, sequence: Number(sequence), time: Number(time), previous, request };
    });
  }

  /**
   * Begins the chains that do not exist. It filters out existing rows first, because `on conflict` waits for a transaction
   * that is writing one.
   */
  async #begin(requested: readonly PositionRequest[]): Promise<boolean[]> {
    const ids = [...new Set(requested.map(({ workspaceId }) => workspaceId))];
    const begun = await this.#database.query<{ id: string }>(sql`
      insert into ${receiptChains} (workspace_id, sequence, head, time)
      select id, 0, ${CHAIN_START}, 0 from json_array_elements_text(${JSON.stringify(ids)}::text::json) as requested (id)
      where not exists (select from ${receiptChains} as existing where existing.workspace_id = requested.id)
      order by id on conflict do nothing
      returning workspace_id as id`);
    const began = new Set(begun.map(({ id }) => id));
    return requested.map(({ workspaceId }) => began.has(workspaceId));
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
