import { sql } from 'drizzle-orm';
import { sessions, users } from '../../drizzle/schema/accounts.ts';
import { keys } from '../../drizzle/schema/keys.ts';
import { memberships } from '../../drizzle/schema/memberships.ts';
import { workspaces } from '../../drizzle/schema/workspaces.ts';
import type { Database } from '../../server/stores/database/database.ts';
import type { CallerRevisions, Claim, ReplayLimits, ReplayStore } from '../../server/stores/replay/replay.ts';

/** A database with one person, their workspace, key and session, and replay stores on it. */
export interface ReplayFixture {
  readonly database: Database;
  /** Unix seconds, as the stores see them. */
  now(): number;
  /** Advances the clock of the stores. */
  step(seconds: number): void;
  /** The store, or another instance if several may share a database. */
  open(limits?: ReplayLimits): Promise<ReplayStore>;
  /** Makes the watermark old enough to delete by. */
  settle(): Promise<void>;
  /** Raises the `rev` of one of the four rows. */
  change(row: Row): Promise<void>;
  close(): Promise<void>;
}

export const NO_LIMITS: ReplayLimits = {
  perKey: 1_000,
  total: 2_000,
  ahead: { perKey: 1_000, total: 2_000 },
};

export const KEY = 'keyOfSomeone';
export const SESSION = 'ses_ofSomeone000';
export const WORKSPACE = 'w1';
const USER = 'u1';

export async function seed({ db }: Database): Promise<void> {
  await db.insert(workspaces).values({ id: WORKSPACE, name: 'One' });
  await db.insert(users).values({ id: USER, email: 'a@example.com', name: 'A', passwordHash: '-' });
  await db.insert(memberships).values({ workspaceId: WORKSPACE, userId: USER, role: 'owner' });
  await db.insert(keys).values({
    id: KEY,
    workspaceId: WORKSPACE,
    ownerId: USER,
    name: 'Key',
    environment: 'live',
    permissions: [],
    secretHash: '-',
    pepperVersion: 1,
    signingSealed: '-',
    signingVersion: 1,
  });
  await db.insert(sessions).values({
    id: SESSION,
    userId: USER,
    workspaceId: WORKSPACE,
    signingSealed: '-',
    signingVersion: 1,
    expiresAt: new Date(Date.now() + 3_600_000),
  });
}

export const ROWS = ['key', 'session', 'user', 'membership'] as const;
export type Row = (typeof ROWS)[number];

export async function raiseRev({ db }: Database, row: Row): Promise<void> {
  const table = { key: keys, session: sessions, user: users, membership: memberships }[row];
  await db.update(table).set({ rev: sql`rev + 1` });
}

/** The revisions of all four rows, as they were seeded. */
export const CURRENT: CallerRevisions = {
  key: { id: KEY, workspaceId: WORKSPACE, payer: [WORKSPACE, WORKSPACE, KEY], rev: 0 },
  session: { id: SESSION, workspaceId: WORKSPACE, payer: [WORKSPACE, WORKSPACE, SESSION], rev: 0 },
};

export function claimOf(t: number, nonce: string, more: Partial<Claim> = {}): Claim {
  return { k: KEY, t, nonce, revisions: CURRENT, ...more };
}
