import type { FairnessPath } from '../../../shared/fairness/fairness-path.ts';
import { registerPublicKey } from '../../gate/signature/possession.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Db } from '../../stores/database/database.ts';
import { lockWorkspaces } from '../../stores/database/locks.ts';
import { describeChange } from '../audit-change.ts';
import { insertRow, newKeyId } from '../create.ts';
import { findKeyInWorkspace } from '../find.ts';
import { viewOf } from '../key-view.ts';
import type { CreateKeyOutput } from '../schemas.ts';
import { newPair } from '../secret-pair.ts';
import { claimWorkloadToken, type RevokedKey } from './claim-token.ts';
import { checkRoomForKey, type ExchangeRuleRow, lockRule } from './find-rules.ts';
import { unmetCondition } from './match-rule.ts';
import { type ExchangeInput, MAX_KEY_LIFETIME_S } from './schemas.ts';
import { exchangeDenied, type WorkloadToken } from './workload-token.ts';

/** The maximum number of valid keys of one rule. */
const MAX_ACTIVE = 100;
/** The maximum length of a key's name. */
const MAX_NAME = 100;

/** The rule that a token fits, as it was read before the transaction, and the path to which its exchanges are charged. */
interface FoundRule {
  readonly rule: ExchangeRuleRow;
  readonly payer: FairnessPath;
}

type Exchanging = Pick<Context, 'request' | 'service'>;

/**
 * Consumes a token and creates its key in one transaction: the rule still exists and still matches when the key is created.
 * @throws Refusal EXCHANGE_DENIED if the rule no longer matches or the token was used; RATE_LIMITED if the rule has too many
 *   valid keys; INPUT_INVALID for a wrong public key
 */
export async function issueKey(
  ctx: Exchanging,
  { rule: found, payer }: FoundRule,
  token: WorkloadToken,
  input: ExchangeInput,
): Promise<CreateKeyOutput> {
  const { stores } = ctx.service;
  const { revoked, ...answer } = await stores.writes.transaction(payer, async (tx) => {
    const rule = await lockMatchingRule(tx, ctx, found, token);
    const now = new Date(stores.clock());
    const keyId = newKeyId();
    const { idempotencyKey } = input;
    const first = await claimWorkloadToken(tx, token, { keyId, ruleId: rule.id, idempotencyKey, now });
    await checkRoomForKey(tx, rule.id, MAX_ACTIVE, now.getTime());
    const secrets = await insertKeyOf(tx, ctx, { rule, token, input, first, keyId, now });
    const row = await findKeyInWorkspace(tx, rule.workspaceId, keyId, now.getTime());
    const { workspaceId } = rule;
    const actor = { caller: { kind: 'system', workspaceId }, request: ctx.request } as const;
    await stores.audit.record(tx, actor, describeChange('keys.exchange', null, row));
    return { key: viewOf(row, stores), ...secrets, revoked: first };
  });
  if (revoked !== null) stores.credentials.changed({ key: revoked.id });
  return answer;
}

/** The rule, locked with its workspace, which cannot be deleted in the meantime. */
async function lockMatchingRule(
  tx: Db,
  { request }: Exchanging,
  { id, workspaceId }: ExchangeRuleRow,
  token: WorkloadToken,
): Promise<ExchangeRuleRow> {
  const [workspace] = await lockWorkspaces(tx, [workspaceId], 'share');
  const rule = workspace ? await lockRule(tx, id) : null;
  if (!rule) throw exchangeDenied('the rule was deleted in the meantime');
  const unmet = unmetCondition(rule, token, request.address);
  if (unmet) throw exchangeDenied(unmet);
  return rule;
}

interface ExchangedKey {
  readonly rule: ExchangeRuleRow;
  readonly token: WorkloadToken;
  readonly input: ExchangeInput;
  /** The key of the exchange that is repeated; null if none is. */
  readonly first: RevokedKey | null;
  readonly keyId: string;
  readonly now: Date;
}

/** Inserts a service key with the rule's permissions and lifetime. */
async function insertKeyOf(
  tx: Db,
  { service }: Exchanging,
  { rule, token, input, first, keyId: id, now }: ExchangedKey,
): Promise<Pick<CreateKeyOutput, 'secret' | 'signingSecret'>> {
  const { stores, config, issuer } = service;
  const { workspaceId, environment, permissions, allowedAddresses, limits } = rule;
  const proven = first?.thumbprint ?? null;
  const registered = await registerPublicKey(tx, input, { issuer, now, proven });
  // Otherwise, anyone who captured the request for a key without a shared secret could get a key that they can use.
  if (proven !== null && registered?.thumbprint !== proven)
    throw exchangeDenied('the first exchange had another public key');
  const pair = newPair(stores.vault, { brand: config.brand, environment, id }, registered);
  await insertRow(tx, pair.columns, {
    id,
    workspaceId,
    environment,
    permissions,
    allowedAddresses,
    limits,
    ownerId: null,
    name: [...`${rule.name}: ${token.subject}`].slice(0, MAX_NAME).join(''),
    metadata: { exchange: { rule: rule.id, issuer: token.issuer.issuer, subject: token.subject } },
    exchangeRuleId: rule.id,
    // Keyseal never writes a longer one.
    expiresAt: new Date(now.getTime() + Math.min(rule.lifetimeSeconds, MAX_KEY_LIFETIME_S) * 1000),
    createdAt: now,
  });
  return { secret: pair.secret, signingSecret: pair.signingSecret };
}
