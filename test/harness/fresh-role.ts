import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { atEndOfFile } from './end-of-file.ts';
import { freshPostgres } from './fresh.ts';

/** A role that owns a database and is no superuser, as an operator would make for Keyseal. */
export interface FreshRole {
  readonly role: string;
  readonly database: string;
  /** As the role. */
  readonly url: string;
  /** As a superuser, in the same database. */
  readonly admin: postgres.Sql;
}

/** Makes an empty database of a role of its own on the run's Postgres. @param server another Postgres, as a superuser */
export async function freshRole(server?: string): Promise<FreshRole> {
  const base = new URL(server ?? (await freshPostgres()));
  const admin = postgres(base.href, { max: 1, onnotice: () => {} });
  atEndOfFile(() => admin.end({ timeout: 1 }));
  const role = `role_${randomBytes(6).toString('hex')}`;
  const database = base.pathname.slice(1);
  await admin.unsafe(`create role ${role} login password 'secret'`);
  await admin.unsafe(`alter database ${database} owner to ${role}`);
  await admin.unsafe(`alter schema public owner to ${role}`);
  const url = new URL(base.href);
  url.username = role;
  url.password = 'secret';
  return { role, database, url: url.href, admin };
}
