import { and, inArray, isNull } from 'drizzle-orm';
import { workspaces } from '../../drizzle/schema.ts';
import type { Config } from '../../server/lib/config.ts';
import type { IssuerConfig } from '../../server/lib/issuer-config.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { fetchKeySet } from '../../server/stores/issuers/key-set-document.ts';
import { readConfiguration } from '../../server/stores/issuers/sign-in-provider.ts';
import { type DoctorCheck, wrong } from './check.ts';

/** Reads the keys of each trusted issuer, and the metadata for sign-in, as the service does. */
export const checkIssuers = ({ issuers }: Config): Promise<DoctorCheck[]> =>
  Promise.all(issuers.map(checkIssuer));

async function checkIssuer(config: IssuerConfig): Promise<DoctorCheck> {
  const { name, issuer, jwksUri, signIn } = config;
  try {
    const keys = await fetchKeySet(issuer, jwksUri);
    if (keys.length === 0)
      return wrong('issuers', `${name} publishes no public key`, 'Correct issuer or jwksUri.');
    if (signIn) await readConfiguration(config, signIn);
    const found = `${name} publishes ${keys.length} keys${signIn ? ', and people can sign in with it' : ''}`;
    return { name: 'issuers', state: 'right', found };
  } catch (error) {
    const found = `${name}: ${(error as Error).message}`;
    const fix = 'Make the issuer reachable from here, or correct its entry in KEYSEAL_ISSUERS.';
    return wrong('issuers', found, fix);
  }
}

/** Checks that each workspace of a join rule exists: no person fits a rule with a wrong id, so all are refused. */
export async function checkJoinRules({ db }: Database, { issuers }: Config): Promise<DoctorCheck[]> {
  const named = [...new Set(issuers.flatMap(({ join }) => join.map(({ workspace }) => workspace)))];
  if (named.length === 0) return [];
  const rows = await db
    .select({ id: workspaces.id })
    .from(workspaces)
    .where(and(inArray(workspaces.id, named), isNull(workspaces.deletedAt)));
  const found = new Set(rows.map(({ id }) => id));
  const missing = issuers.flatMap(({ name, join }) =>
    join.flatMap(({ workspace }, nth) =>
      found.has(workspace) ? [] : [`join rule ${nth + 1} of ${name} names ${JSON.stringify(workspace)}`],
    ),
  );
  if (missing.length === 0) {
    return [
      { name: 'issuers', state: 'right', found: `the workspaces of all join rules exist (${named.length})` },
    ];
  }
  const fix = 'Correct the workspace in KEYSEAL_ISSUERS: whoami returns the id of a workspace.';
  return missing.map((sentence) => wrong('issuers', `${sentence}, which does not exist`, fix));
}
