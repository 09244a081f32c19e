import { sql } from 'drizzle-orm';
import { requestLog } from '../../../drizzle/schema/usage.ts';
import { HOUR_MS } from '../../../shared/durations.ts';
import { FairBudget } from '../../../shared/fairness/fair-budget.ts';
import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import type { Environment } from '../../../shared/key-format.ts';
import { REFUSALS } from '../../../shared/refusals.ts';
import type { Clock } from '../../lib/clock.ts';
import { coalesceRuns } from '../../lib/concurrency/coalesce-runs.ts';
import { Pacer } from '../../lib/concurrency/pacer.ts';
import { lruCache } from '../../lib/lru-cache.ts';
import { type Occupancy, totalOccupancy } from '../../lib/occupancy.ts';
import type { Database } from '../database/database.ts';
import { purgeBefore } from '../database/purge.ts';
import { base62 } from '../secrets/random-ids.ts';
import { flushByWorkspace, newWriteTurns, OF_THE_JOB } from './flush-workspace.ts';
import { IsolatingBatches, type WriteOccasion } from './isolating-batches.ts';
import type { CountedKey, UsageOutcome } from './usage.ts';

/** How long a call is kept, in milliseconds. */
export const REQUEST_LOG_RETENTION_MS = 24 * HOUR_MS;
/** Accepted calls that wait to be written, and as many refused ones, divided by sponsor, workspace and key: an eighth for one key. */
const MAX_PENDING = 8_000;
/** Accepted calls that one instance writes within an hour, and as many refused ones, divided in the same way. */
const MAX_PER_HOUR = 100_000;
/** Calls of a sponsor, a workspace and a key that are kept; accepted and refused calls have this much each. */
const PACES = [
  { perSecond: 5, burst: 3_000 },
  { perSecond: 4, burst: 2_000 },
  { perSecond: 2, burst: 1_000 },
];
/** Keys of which it is known how many calls were left out. */
const MAX_REMEMBERED_KEYS = 20_000;
/** How many rows one statement writes: other statements get their turn in between. */
const ROWS_PER_STATEMENT = 500;

/** The key whose call is kept. */
export interface LoggedKey extends CountedKey {
  readonly workspaceId: string;
  readonly environment: Environment;
}

/** A call as it ended. */
interface LoggedCall {
  readonly procedure: string;
  readonly outcome: UsageOutcome;
  readonly durationMs: number;
  readonly address: string | null;
  readonly requestId: string;
}

interface Pending {
  readonly room: Room;
  readonly payer: FairnessPath;
  readonly row: Readonly<Record<string, string | number | null>>;
}

/** Accepted and refused calls have separate capacity, so that a flood of one does not displace the other. */
class Room {
  readonly #pacer = new Pacer(PACES);
  readonly pending = new FairBudget(MAX_PENDING);
  /** By key: calls that were left out since the last one that was kept. */
  readonly leftOut = lruCache<number>(MAX_REMEMBERED_KEYS);
  #hour = 0;
  #ofHour = new FairBudget(MAX_PER_HOUR);

  /** Reserves capacity for one call; returns false if there is none. @param now milliseconds */
  take(payer: FairnessPath, now: number): boolean {
    if (this.#pacer.take(payer) > 0 || !this.pending.take(payer, 1)) return false;
    const hour = Math.floor(now / HOUR_MS);
    if (hour !== this.#hour) {
      this.#hour = hour;
      this.#ofHour = new FairBudget(MAX_PER_HOUR);
    }
    if (this.#ofHour.take(payer, 1)) return true;
    this.pending.release(payer, 1);
    return false;
  }
}

/**
 * Keeps single calls of the last 24 hours: all, or a sample of a key that calls more often than `PACES` allows. Collects
 * them in memory, and writes them in the background. A call that does not fit is left out, and never delayed.
 */
export class RequestLog {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #rooms = { accepted: new Room(), refused: new Room() };
  /** By the ids of the rows, the oldest first. */
  readonly #pending = new Map<string, Pending>();
  readonly #batches = new IsolatingBatches(ROWS_PER_STATEMENT);
  readonly #turns = newWriteTurns();

  constructor(database: Database, clock: Clock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Calls that wait to be written. */
  get occupancy(): Occupancy {
    return totalOccupancy(this.#rooms.accepted.pending.occupancy, this.#rooms.refused.pending.occupancy);
  }

  record(key: LoggedKey, call: LoggedCall): void {
    const room = this.#rooms[call.outcome === 'OK' ? 'accepted' : 'refused'];
    const leftOut = room.leftOut.get(key.id) ?? 0;
    if (!room.take(key.payer, this.#clock())) {
      room.leftOut.set(key.id, leftOut + 1);
      return;
    }
    if (leftOut > 0) room.leftOut.delete(key.id);
    const id = base62(10);
    const row = rowOf(id, key, call, this.#clock(), leftOut + 1);
    this.#pending.set(id, { room, payer: key.payer, row });
  }

  /**
   * Writes the calls that ended here so far. What it cannot write waits for the next time: a row that is written twice
   * is there once, by its id.
   */
  readonly flush = coalesceRuns(() =>
    this.#writePending('stop', OF_THE_JOB, () => [...this.#pending.keys()]),
  );

  /** The same for calls of one workspace, so that a read of it includes the latest. */
  readonly flushWorkspace = flushByWorkspace({
    namesOf: (workspaceId) =>
      [...this.#pending].filter(([, { row }]) => row['workspace_id'] === workspaceId).map(([id]) => id),
    size: ROWS_PER_STATEMENT,
    write: (group, ids) => this.#writePending('read', group, () => ids),
  });

  /** One run of the job: writes all but the calls that could not be written and wait. */
  readonly writeDue = coalesceRuns(() =>
    this.#writePending('job', OF_THE_JOB, () => [...this.#pending.keys()]),
  );

  /** @param idsOf the calls to write, as soon as it is their turn */
  #writePending(occasion: WriteOccasion, group: FairnessPath, idsOf: () => readonly string[]): Promise<void> {
    const write = (ids: readonly string[]) => this.#writeSome(ids);
    return this.#turns.run(group, () => this.#batches.run({ names: idsOf(), occasion, write }));
  }

  async #writeSome(ids: readonly string[]): Promise<void> {
    // Another run may have written some in the meantime.
    const some = ids.flatMap((id) => this.#pending.get(id) ?? []);
    if (some.length > 0) await this.#insert(some);
    for (const id of ids) this.#pending.delete(id);
    for (const { room, payer } of some) room.pending.release(payer, 1);
  }

  async #insert(pending: readonly Pending[]): Promise<void> {
    const rows = JSON.stringify(pending.map(({ row }) => row));
    await this.#database.query(sql`
      insert into ${requestLog} (workspace_id, at, id, request_id, key_id, procedure, outcome, status, duration_ms,
        environment, address, represents)
      select * from json_to_recordset(${rows}::text::json) as ended (workspace_id text, at timestamptz, id text,
        request_id text, key_id text, procedure text, outcome text, status int, duration_ms float8, environment text,
        address text, represents int)
      on conflict do nothing`);
  }

  /** Deletes calls that are older than 24 hours. */
  purge(): Promise<void> {
    return purgeBefore(this.#database, requestLog, this.#clock() - REQUEST_LOG_RETENTION_MS);
  }
}

function rowOf(id: string, key: LoggedKey, call: LoggedCall, at: number, represents: number): Pending['row'] {
  return {
    workspace_id: key.workspaceId,
    at: new Date(at).toISOString(),
    id,
    request_id: call.requestId,
    key_id: key.id,
    procedure: call.procedure,
    outcome: call.outcome,
    status: call.outcome === 'OK' ? 200 : REFUSALS[call.outcome].status,
    duration_ms: call.durationMs,
    environment: key.environment,
    address: call.address,
    represents,
  };
}
