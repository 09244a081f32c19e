import { and, count, countDistinct, eq, inArray, isNull, notInArray, type SQL } from 'drizzle-orm';
import { exchangeRules } from '../../drizzle/schema/exchange.ts';
import type { Config } from '../../server/lib/config.ts';
import { audiencesOfPeople, type IssuerConfig } from '../../server/lib/issuer-config.ts';
import type { Database } from '../../server/stores/database/database.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** Rules that one finding names at most; it counts all of them. */
const MAX_NAMED = 5;

/**
 * Checks that the enabled exchange rules can issue keys: the issuer of each is configured with `workload: true`, and its audience
 * is not one that user tokens have. Says how many rules each issuer has.
 */
export async function checkExchangeRules({ db }: Database, { issuers }: Config): Promise<DoctorCheck[]> {
  const forWorkloads = issuers.filter(({ workload }) => workload);
  const names = forWorkloads.map(({ name }) => name);
  const found = await Promise.all([
    ...forWorkloads.map((issuer) => countRules(db, issuer)),
    ...forWorkloads.map((issuer) => findRulesOfPeople(db, issuer)),
    findRulesWithoutIssuer(db, names),
  ]);
  return found.filter((check) => check !== null);
}

type Db = Database['db'];

const liveRules = (...more: readonly SQL[]) =>
  and(isNull(exchangeRules.deletedAt), eq(exchangeRules.enabled, true), ...more);

async function countRules(db: Db, { name }: IssuerConfig): Promise<DoctorCheck> {
  const [counted] = await db
    .select({ rules: count(), workspaces: countDistinct(exchangeRules.workspaceId) })
    .from(exchangeRules)
    .where(liveRules(eq(exchangeRules.issuer, name)));
  const { rules = 0, workspaces = 0 } = counted ?? {};
  const found =
    rules === 0
      ? `no workspace has an exchange rule for ${name}: no token of it gives a key`
      : `exchange rules for ${name}: ${rules}, in workspaces: ${workspaces}`;
  return { name: 'issuers', state: 'right', found, details: { issuer: name, rules, workspaces } };
}

/** The configuration may have begun to use a rule's audience for user tokens after the rule was created. */
async function findRulesOfPeople(db: Db, issuer: IssuerConfig): Promise<DoctorCheck | null> {
  const audiences = audiencesOfPeople(issuer);
  const rules =
    audiences.length === 0
      ? []
      : await idsOf(
          db,
          liveRules(eq(exchangeRules.issuer, issuer.name), inArray(exchangeRules.audience, audiences)),
        );
  if (rules.length === 0) return null;
  return failedCheck(
    'issuers',
    `${nameRules(rules)} for ${issuer.name}: the audience is one that user tokens have, so no token gives a key`,
    'Give the rule a separate audience, which the workload then requests.',
  );
}

async function findRulesWithoutIssuer(db: Db, names: readonly string[]): Promise<DoctorCheck | null> {
  const other = names.length === 0 ? [] : [notInArray(exchangeRules.issuer, [...names])];
  const rules = await idsOf(db, liveRules(...other));
  if (rules.length === 0) return null;
  const missing = [...new Set(rules.map(({ issuer }) => issuer))].slice(0, MAX_NAMED).join(', ');
  return failedCheck(
    'issuers',
    `${nameRules(rules)}: KEYSEAL_ISSUERS has no issuer ${missing} with workload: true, so no token gives a key`,
    'Add the issuer to KEYSEAL_ISSUERS, or delete the rules.',
  );
}

const idsOf = (db: Db, which: SQL | undefined) =>
  db
    .select({ id: exchangeRules.id, issuer: exchangeRules.issuer })
    .from(exchangeRules)
    .where(which)
    .orderBy(exchangeRules.createdAt, exchangeRules.id);

function nameRules(rules: readonly { readonly id: string }[]): string {
  const named = rules.slice(0, MAX_NAMED).map(({ id }) => id);
  const more = rules.length > MAX_NAMED ? [`and ${rules.length - MAX_NAMED} more`] : [];
  return `exchange rules ${[...named, ...more].join(', ')}`;
}
