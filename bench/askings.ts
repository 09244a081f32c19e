import { randomBytes } from 'node:crypto';
import type { Sql } from 'postgres';
import { Audit, systemIn } from '../server/stores/audit.ts';
import type { BatchLoad } from '../server/stores/batches.ts';
import { Credentials } from '../server/stores/credentials.ts';
import { Credits, writeCredits } from '../server/stores/credits.ts';
import type { Database } from '../server/stores/database.ts';
import { counterOf } from '../server/stores/rates.ts';
import { PostgresRateStore } from '../server/stores/rates-postgres.ts';
import { REPLAY_LIMITS } from '../server/stores/replay.ts';
import { createPostgresReplayStore } from '../server/stores/replay-postgres.ts';
import type { Vault } from '../server/stores/vault.ts';
import { LIMIT } from './setting.ts';

/** A store that is asked the same kind of thing again and again. */
export interface Asking {
  readonly name: string;
  readonly inFlight: readonly number[];
  ask(nth: number): Promise<unknown>;
  /** Of the statements that are shared, on every instance that is asked. */
  readonly loads: () => (BatchLoad | null)[];
}

/** Windows are a minute long and full, sixty slices, once the clock has run for a second. */
const fastClock = () => Date.now() * 60;
const at = <T>(list: readonly T[], nth: number) => list[nth % list.length] as T;

/** Claims by keys in turn: each is its first use, of a nonce that nobody saw. */
export async function claiming({ db, sql }: Database, vault: Vault, ids: readonly string[]): Promise<Asking> {
  const credentials = new Credentials(db, vault, []);
  const keys = await Promise.all(ids.map((id) => credentials.key(id)));
  const store = await createPostgresReplayStore({ sql: sql as Sql, clock: Date.now, limits: REPLAY_LIMITS });
  const ask = (nth: number) => {
    const key = at(keys, nth);
    const nonce = randomBytes(16).toString('base64url');
    const t = Math.floor(Date.now() / 1000);
    return store.claim({ k: key?.id ?? '', t, nonce, standing: { key, session: null } });
  };
  return { name: 'claim', inFlight: [1, 8, 32, 128, 512, 1_500], ask, loads: () => [store.load] };
}

/**
 * Hits of rate limits: by keys in turn or by one, on one instance or in turn on several, each with its own keys or all
 * with all.
 */
export function hitting(databases: readonly Database[], ids: readonly string[]): Asking[] {
  const stores = databases.map(({ sql }) => new PostgresRateStore(sql as Sql, fastClock));
  const [first] = stores as [PostgresRateStore];
  const one = [counterOf('bench', 'one', LIMIT)];
  const all = ids.map((subject) => [counterOf('bench', subject, LIMIT)]);
  const [own, other] = [all.filter((_, i) => i % 2), all.filter((_, i) => !(i % 2))] as const;
  const inTurn = (nth: number) => at(stores, nth);
  const turn = (nth: number) => Math.floor(nth / stores.length);
  const [alone, shared] = [() => [first.load], () => stores.map(({ load }) => load)];
  return [
    { name: 'hit, keys in turn', inFlight: [1, 32, 512], ask: (n) => first.hit(at(all, n)), loads: alone },
    { name: 'hit, one key', inFlight: [512], ask: () => first.hit(one), loads: alone },
    {
      name: 'hit, one key, two instances',
      inFlight: [512],
      ask: (n) => inTurn(n).hit(one),
      loads: shared,
    },
    {
      name: 'hit, keys in turn, two instances',
      inFlight: [64, 512],
      ask: (n) => inTurn(n).hit(at(all, turn(n))),
      loads: shared,
    },
    {
      name: 'hit, keys in turn, two instances, each its own',
      inFlight: [64, 512],
      ask: (n) => inTurn(n).hit(at(n % 2 ? own : other, turn(n))),
      loads: shared,
    },
  ];
}

/** Spending: by keys in turn, or by one on two instances. */
export async function spending(databases: readonly Database[], ids: readonly string[]): Promise<Asking[]> {
  const stores = databases.map((database) => new Credits(database, Date.now));
  const [{ db }] = databases as [Database];
  const policy = { remaining: 1_000_000_000 };
  for (const subject of ['one', ...ids]) await writeCredits(db, subject, policy, new Date());
  const [first] = stores as [Credits];
  return [
    {
      name: 'spend, keys in turn',
      inFlight: [512],
      ask: (n) => first.spend([at(ids, n)], 1, ['bench', at(ids, n)]),
      loads: () => [first.load],
    },
    {
      name: 'spend, one key, two instances',
      inFlight: [512],
      ask: (n) => at(stores, n).spend(['one'], 1, ['bench', 'one']),
      loads: () => stores.map(({ load }) => load),
    },
  ];
}

/** Records of changes, in the chain of one workspace or of many. */
export function recording({ db }: Database, vault: Vault): Asking[] {
  const audit = new Audit(vault, Date.now);
  const change = { action: 'keys.update', kind: 'key', subject: 'a key', before: { name: 'a' } } as const;
  return [1, 64].map((chains) => ({
    name: `record, ${chains === 1 ? 'one workspace' : `${chains} workspaces`}`,
    inFlight: [10],
    ask: (n: number) =>
      db.transaction((tx) =>
        audit.record(tx, systemIn(`workspace ${n % chains}`), { ...change, after: { name: 'b' } }),
      ),
    loads: () => [],
  }));
}
