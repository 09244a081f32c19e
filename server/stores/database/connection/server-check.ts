import type { Sql } from 'postgres';
import { ConfigError } from '../../../lib/config.ts';

/** Postgres 13, as `server_version_num` has it. */
const OLDEST = 130_000;
/** The collation by which names are sorted, wherever the service runs. */
const COLLATION = 'und-x-icu';

interface Server {
  readonly version: string;
  readonly versionNumber: number;
  readonly encoding: string;
  /** Whether it was built with ICU. */
  readonly hasCollation: boolean;
}

/** @throws ConfigError if the database cannot hold what Keyseal stores */
export async function checkServer(sql: Sql): Promise<void> {
  const [server] = await sql<[Server]>`
    select current_setting('server_version') as version,
      current_setting('server_version_num')::int as "versionNumber",
      current_setting('server_encoding') as encoding,
      exists (select from pg_collation where collname = ${COLLATION}) as "hasCollation"`;
  const problem = serverProblem(server);
  if (problem) throw new ConfigError(problem);
}

/** Why a server cannot be used, and what to do; null if it can. */
export function serverProblem({ version, versionNumber, encoding, hasCollation }: Server): string | null {
  if (!(versionNumber >= OLDEST)) {
    return `DATABASE_URL points to Postgres ${version}: Keyseal needs 13 or later. Upgrade Postgres, or connect to a newer one.`;
  }
  if (encoding !== 'UTF8') {
    return `The database of DATABASE_URL has the encoding ${encoding}, which cannot represent every name: Keyseal needs UTF8. Create one with CREATE DATABASE keyseal ENCODING 'UTF8' TEMPLATE template0, and correct DATABASE_URL.`;
  }
  if (!hasCollation) {
    return `The database of DATABASE_URL has no collation "${COLLATION}": Keyseal needs a Postgres that was built with ICU, as those of packages are.`;
  }
  return null;
}
