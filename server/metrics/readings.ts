import { Counter, Gauge } from 'prom-client';
import { passwordQueue } from '../auth/password-queue.ts';
import type { Gate } from '../gate/gate.ts';
import type { Occupancy } from '../lib/occupancy.ts';
import { VERSION } from '../lib/package-root.ts';
import type { BatchLoad } from '../stores/database/batcher.ts';
import type { Stores } from '../stores/stores.ts';

/** The sources of the readings. */
export interface Source {
  readonly stores: Stores;
  readonly gate: Gate;
  /** The bodies of all requests together, in bytes. */
  readonly bodies: { readonly occupancy: Occupancy };
}

/** A number that another part maintains, read on each scrape. */
interface Reading {
  readonly kind: typeof Counter | typeof Gauge;
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
  readonly read: (source: Source) => ({ value: number } & Record<string, string | number>)[];
}

/** Every bounded table, by name. */
function tables({ stores, gate }: Source): [table: string, occupancy: Occupancy][] {
  const {
    credentials,
    replay,
    rates,
    failedAttempts: failures,
    lastUsed,
    usage,
    latencies,
    requestLog,
    unauthenticatedCalls,
    rejectedAttempts: refusedAdmissions,
    liveTail: tails,
    databaseTurns,
    costlyReads,
    batchResults,
    writes,
  } = stores;
  return [
    ['keys', credentials.use.keys],
    ['sessions', credentials.use.sessions],
    ['nonces', replay.outstanding],
    ['rate_windows', rates.windows],
    ['failures', failures.occupancy],
    ['lookups', gate.lookups.occupancy],
    ['last_used', lastUsed.occupancy],
    ['usage', usage.occupancy],
    ['latencies', latencies.occupancy],
    ['request_log', requestLog.occupancy],
    ['unauthenticated_calls', unauthenticatedCalls.occupancy],
    ['refused_admissions', refusedAdmissions.occupancy],
    ['tails', tails.occupancy],
    ['password_queue', passwordQueue()],
    ['database_turns', databaseTurns.occupancy],
    ['costly_reads', costlyReads.occupancy],
    ['batch_results', batchResults.occupancy],
    ['writes', writes.occupancy],
  ];
}

/** Queues of calls that share statements, by purpose. */
function queues({
  stores: { replay, rates, credits, receiptChains },
}: Source): [queue: string, load: BatchLoad][] {
  const all: [string, BatchLoad | null][] = [
    ['claims', replay.load],
    ['limits', rates.load],
    ['credits', credits.load],
    ['receipts', receiptChains.load],
  ];
  return all.filter((entry): entry is [string, BatchLoad] => entry[1] !== null);
}

const ofTables = (value: (occupancy: Occupancy) => number) => (source: Source) =>
  tables(source).map(([table, occupancy]) => ({ table, value: value(occupancy) }));
const ofQueues = (value: (load: BatchLoad) => number) => (source: Source) =>
  queues(source).map(([queue, load]) => ({ queue, value: value(load) }));

/**
 * Statements that need a connection of the pool: those for credits go through drizzle, the other two do not. PGlite has
 * no pool.
 */
function inFlight({ stores: { database, replay, rates } }: Source): number {
  if (database.kind === 'pglite') return 0;
  return database.pool.inFlight + (replay.load?.running ?? 0) + (rates.load?.running ?? 0);
}

export const READINGS: readonly Reading[] = [
  {
    kind: Counter,
    name: 'keyseal_gate_admissions_total',
    help: 'Requests that the gate admitted, by source.',
    labelNames: ['via'],
    read: ({ gate }) => [...gate.counts.admitted.entries()].map(([via, value]) => ({ via, value })),
  },
  {
    kind: Counter,
    name: 'keyseal_gate_refusals_total',
    help: 'Requests and calls that the gate refused, by step and by source.',
    labelNames: ['via', 'step'],
    read: ({ gate }) =>
      [...gate.counts.refused.entries()].map(([name, value]) => {
        const [via = '', ...step] = name.split(' ');
        return { via, step: step.join('_'), value };
      }),
  },
  {
    kind: Counter,
    name: 'keyseal_nonce_claims_total',
    help: 'Claims of a nonce, by outcome.',
    labelNames: ['outcome'],
    read: ({ gate }) =>
      [...gate.counts.nonceClaims.entries()].map(([outcome, value]) => ({ outcome, value })),
  },
  {
    kind: Counter,
    name: 'keyseal_issuer_key_reads_total',
    help: 'Readings of the keys of a trusted issuer, by result.',
    labelNames: ['issuer', 'result'],
    read: ({ stores }) =>
      stores.issuers.all.flatMap(({ name, keys }) =>
        Object.entries(keys.readings).map(([result, value]) => ({ issuer: name, result, value })),
      ),
  },
  {
    kind: Counter,
    name: 'keyseal_cache_reads_total',
    help: 'Reads of a key or a session, by whether it was cached.',
    labelNames: ['cache', 'result'],
    read: ({ stores }) =>
      Object.entries(stores.credentials.use).flatMap(([cache, { hits, misses }]) => [
        { cache, result: 'hit', value: hits },
        { cache, result: 'miss', value: misses },
      ]),
  },
  {
    kind: Gauge,
    name: 'keyseal_table_entries',
    help: 'Entries of each bounded table in memory.',
    labelNames: ['table'],
    read: ofTables(({ used }) => used),
  },
  {
    kind: Gauge,
    name: 'keyseal_table_entries_max',
    help: 'The capacity of each bounded table in memory, in entries.',
    labelNames: ['table'],
    read: ofTables(({ capacity }) => capacity),
  },
  {
    kind: Counter,
    name: 'keyseal_batch_statements_total',
    help: 'Statements that many calls shared.',
    labelNames: ['queue'],
    read: ofQueues(({ statements }) => statements),
  },
  {
    kind: Counter,
    name: 'keyseal_batch_questions_total',
    help: 'Claims, hits and credits in those statements: divided by the statements, the average size of a batch.',
    labelNames: ['queue'],
    read: ofQueues(({ entries }) => entries),
  },
  {
    kind: Counter,
    name: 'keyseal_batch_statement_seconds_total',
    help: 'The duration of those statements.',
    labelNames: ['queue'],
    read: ofQueues(({ tookMs }) => tookMs / 1000),
  },
  {
    kind: Gauge,
    name: 'keyseal_batch_waiting',
    help: 'Claims, hits and credits that wait for a statement.',
    labelNames: ['queue'],
    read: ofQueues(({ waiting }) => waiting),
  },
  {
    kind: Gauge,
    name: 'keyseal_batch_waiting_max',
    help: 'The maximum number of claims, hits and credits that may wait for a statement.',
    labelNames: ['queue'],
    read: ofQueues(({ maxWaiting }) => maxWaiting),
  },
  {
    kind: Gauge,
    name: 'keyseal_database_connections_max',
    help: 'Connections of the pool; 0 on PGlite.',
    read: ({ stores }) => [{ value: stores.database.pool.connections }],
  },
  {
    kind: Gauge,
    name: 'keyseal_database_connections_used',
    help: 'Busy connections of the pool.',
    read: (source) => [{ value: Math.min(inFlight(source), source.stores.database.pool.connections) }],
  },
  {
    kind: Gauge,
    name: 'keyseal_database_waiting',
    help: 'Statements and transactions for which no connection is free.',
    read: (source) => [{ value: Math.max(0, inFlight(source) - source.stores.database.pool.connections) }],
  },
  {
    kind: Gauge,
    name: 'keyseal_body_bytes',
    help: 'Bytes of bodies in memory.',
    read: ({ bodies }) => [{ value: bodies.occupancy.used }],
  },
  {
    kind: Gauge,
    name: 'keyseal_body_bytes_max',
    help: 'The budget of bytes for all bodies together.',
    read: ({ bodies }) => [{ value: bodies.occupancy.capacity }],
  },
  {
    kind: Gauge,
    name: 'keyseal_master_key_version',
    help: 'The version of the master key that encrypts.',
    read: ({ stores }) => [{ value: stores.vault.newest }],
  },
  {
    kind: Gauge,
    name: 'keyseal_build_info',
    help: '1, under the version of this service.',
    labelNames: ['version'],
    read: () => [{ version: VERSION, value: 1 }],
  },
];
