import { eq, sql } from 'drizzle-orm';
import { exchangeRules } from '../../../drizzle/schema/exchange.ts';
import type { KeyCaller, UserCaller } from '../../gate/caller/caller.ts';
import { payerOfCaller } from '../../gate/caller/caller-payer.ts';
import { lockCaller } from '../../gate/lock-caller.ts';
import { requireFreshProof } from '../../gate/rights/fresh-proof.ts';
import { audiencesOfPeople, type IssuerConfig } from '../../lib/issuer-config.ts';
import { inputRefusal, Refusal } from '../../lib/refusal.ts';
import type { AuditChange } from '../../stores/audit/audit.ts';
import type { Db } from '../../stores/database/database.ts';
import { queueFor } from '../../stores/database/locks.ts';
import { newExchangeRuleId } from '../../stores/secrets/random-ids.ts';
import type { WritingContext } from '../change-key.ts';
import { checkCredentialRight } from '../credential-rights.ts';
import { UNRESTRICTED } from '../key-restrictions.ts';
import { checkKeyEnvironment, checkVocabulary } from '../privilege-escalation.ts';
import {
  activeKeysOf,
  type ExchangeRuleRow,
  findRuleInWorkspace,
  isTakenAudience,
  MAX_RULES,
  rulesOf,
  ruleViewOf,
} from './find-rules.ts';
import { revokeKeysOf } from './revoke-keys.ts';
import type { CreateExchangeRuleInput, ExchangeRule, UpdateExchangeRuleInput } from './schemas.ts';

const DEFAULT_LIFETIME = 900;

/**
 * Creates a rule in the caller's workspace, by the caller's current rights: the same as for creating a service key.
 * @throws Refusal CONFLICT if the workspace has too many rules; INPUT_INVALID for an issuer or an audience that no rule can have;
 *   STEP_UP_REQUIRED for a live environment; as `checkCredentialRight`
 */
export function createRule(ctx: WritingContext, input: CreateExchangeRuleInput): Promise<ExchangeRule> {
  const { stores, config } = ctx.service;
  checkVocabulary(input.permissions, config.permissions);
  return changeRules(ctx, async (tx, caller, now) => {
    const row = newRule(input, caller.workspaceId, now);
    checkMayGrant(caller, row, now);
    const made = await insertRule(tx, row, stores.issuers.forWorkloads);
    await stores.audit.record(tx, ctx, describeNewRule(made));
    return ruleViewOf(made, 0);
  });
}

/** The row of a new rule, with defaults for what the input leaves out. */
export function newRule(
  input: CreateExchangeRuleInput,
  workspaceId: string,
  createdAt: Date,
): ExchangeRuleRow {
  const { claims = {}, allowedAddresses = [], limits = [], lifetimeSeconds = DEFAULT_LIFETIME } = input;
  return {
    ...input,
    claims,
    allowedAddresses,
    limits,
    lifetimeSeconds,
    id: newExchangeRuleId(),
    workspaceId,
    enabled: true,
    deletedAt: null,
    createdAt,
  };
}

/**
 * Inserts a rule into a workspace that is locked `for no key update`.
 * @throws Refusal CONFLICT, INPUT_INVALID as `createRule`
 */
export async function insertRule(
  tx: Db,
  row: ExchangeRuleRow,
  issuers: readonly IssuerConfig[],
): Promise<ExchangeRuleRow> {
  checkIssuer(issuers, row);
  await checkAudience(tx, row);
  const { workspaceId } = row;
  if ((await rulesOf(tx, workspaceId)).length >= MAX_RULES) throw new Refusal('CONFLICT');
  const [made] = await tx.insert(exchangeRules).values(row).returning();
  if (!made) throw new Error('the rule was not inserted');
  return made;
}

/** A new rule for the audit log. */
export const describeNewRule = (after: ExchangeRuleRow): AuditChange => ({
  action: 'exchangeRules.create',
  kind: 'exchangeRule',
  subject: after.id,
  after,
});

/** A rule that was deleted, for the audit log. */
export const describeEndedRule = (before: ExchangeRuleRow): AuditChange => ({
  action: 'exchangeRules.delete',
  kind: 'exchangeRule',
  subject: before.id,
  before,
});

/**
 * Changes a rule. Renaming or disabling a rule requires `keys:write`; any other change requires the right to make the rule,
 * both as it is and as it will be: otherwise a caller with fewer rights could narrow it, name their own workload, and wait
 * until its rights are restored. Any change except of the name revokes the keys that the rule gave, so that no key can do more
 * or less than the rule says.
 * @throws Refusal NOT_FOUND; as `createRule`
 */
export async function updateRule(
  ctx: WritingContext,
  { id, ...changes }: UpdateExchangeRuleInput,
): Promise<ExchangeRule> {
  checkVocabulary(changes.permissions ?? [], ctx.service.config.permissions);
  const { name, enabled, ...rights } = changes;
  const touches = Object.values(rights).some((value) => value !== undefined);
  const ends = touches || enabled !== undefined;
  return changeRules(ctx, async (tx, caller, now) => {
    const before = await findRuleInWorkspace(tx, caller.workspaceId, id);
    checkKeyEnvironment(caller, before.environment);
    if (touches || enabled === true)
      await checkChange(ctx, tx, caller, [before, { ...before, ...changes } as ExchangeRuleRow], now);
    const [after] = await tx.update(exchangeRules).set(changes).where(eq(exchangeRules.id, id)).returning();
    if (!after) throw new Refusal('NOT_FOUND');
    if (ends) await revokeKeysOf(tx, id, { end: 'changed', now });
    const change = { action: 'exchangeRules.update', kind: 'exchangeRule', subject: id } as const;
    await ctx.service.stores.audit.record(tx, ctx, { ...change, before, after });
    const { number } = await activeKeysOf(tx, id, now.getTime());
    return ruleViewOf(after, number);
  });
}

/** Checks that the caller may make a rule as it is, and as it will be. */
async function checkChange(
  { service }: WritingContext,
  tx: Db,
  caller: KeyCaller | UserCaller,
  [before, wanted]: readonly [ExchangeRuleRow, ExchangeRuleRow],
  now: Date,
): Promise<void> {
  for (const rule of [before, wanted]) checkMayGrant(caller, rule, now);
  checkIssuer(service.stores.issuers.forWorkloads, wanted);
  await checkAudience(tx, wanted);
}

/** Deletes a rule, and revokes the keys that it issued. @throws Refusal NOT_FOUND; ENVIRONMENT_DENIED */
export async function deleteRule(ctx: WritingContext, id: string): Promise<void> {
  const { audit } = ctx.service.stores;
  await changeRules(ctx, async (tx, caller, now) => {
    const before = await findRuleInWorkspace(tx, caller.workspaceId, id);
    checkKeyEnvironment(caller, before.environment);
    await endRule(tx, id, now);
    await audit.record(tx, ctx, describeEndedRule(before));
  });
}

/** Deletes a rule of a workspace that is locked `for no key update`, and revokes its keys. */
export async function endRule(tx: Db, id: string, now: Date): Promise<void> {
  await tx.update(exchangeRules).set({ deletedAt: now }).where(eq(exchangeRules.id, id));
  await revokeKeysOf(tx, id, { end: 'deleted', now });
}

/** Changes the rules of a workspace one after the other, while no token is exchanged there. */
async function changeRules<T>(
  ctx: WritingContext,
  change: (tx: Db, caller: KeyCaller | UserCaller, now: Date) => Promise<T>,
): Promise<T> {
  const { stores } = ctx.service;
  const answer = await stores.writes.transaction(payerOfCaller(ctx.caller), async (tx) => {
    const { caller } = await lockCaller(tx, stores, ctx, {
      permission: 'keys:write',
      updatesWorkspace: true,
    });
    return change(tx, caller, new Date(stores.clock()));
  });
  stores.credentials.changed({ workspace: ctx.caller.workspaceId });
  return answer;
}

/**
 * A rule makes service keys as long as it exists: it requires the right to make one that never expires and, for live keys, a
 * fresh proof.
 */
function checkMayGrant(caller: KeyCaller | UserCaller, rule: ExchangeRuleRow, now: Date): void {
  const { id, environment, permissions, allowedAddresses } = rule;
  const made = { ...UNRESTRICTED, id, ownerId: null, environment, permissions, allowedAddresses };
  checkCredentialRight(caller, { ...made, reducedBy: null }, 'extend');
  if (environment === 'live') requireFreshProof(caller, now.getTime());
}

/** @throws Refusal INPUT_INVALID for an issuer whose workloads get no keys, or an audience of its user tokens */
function checkIssuer(issuers: readonly IssuerConfig[], { issuer: name, audience }: ExchangeRuleRow): void {
  const issuer = issuers.find((trusted) => trusted.name === name && trusted.workload);
  if (!issuer) throw inputRefusal('issuer', 'is not an issuer with workload: true');
  if (audiencesOfPeople(issuer).includes(audience))
    throw inputRefusal('audience', 'is the audience of user tokens');
}

/** An audience that names a workspace, as the console suggests it. */
const NAMES_WORKSPACE = /\/(wsp_[A-Za-z0-9]+)\/?$/;

/**
 * An audience of an issuer belongs to one workspace: a token could otherwise give a key of another workspace than the workload
 * intends. An audience that names a workspace belongs to that workspace, even before it has a rule.
 * @throws Refusal INPUT_INVALID
 */
async function checkAudience(
  tx: Db,
  rule: Pick<ExchangeRuleRow, 'issuer' | 'audience' | 'workspaceId'>,
): Promise<void> {
  const named = NAMES_WORKSPACE.exec(rule.audience)?.[1];
  if (named !== undefined && named !== rule.workspaceId)
    throw inputRefusal('audience', 'names another workspace');
  const name = `audience ${JSON.stringify([rule.issuer, rule.audience])}`;
  await tx.execute(sql`select ${queueFor([name], 'update')}`);
  if (await isTakenAudience(tx, rule)) throw inputRefusal('audience', 'belongs to another workspace');
}
