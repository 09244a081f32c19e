import { addressGroup, type FairnessPath, workspacePath } from '../../../shared/fairness/fairness-path.ts';
import { throttleByClient, unauthenticatedCaller } from '../../gate/request/throttle.ts';
import { seconds } from '../../lib/clock.ts';
import { Pacer } from '../../lib/concurrency/pacer.ts';
import { Refusal } from '../../lib/refusal.ts';
import { sanitizeForLog } from '../../lib/sanitize-for-log.ts';
import type { Context } from '../../rpc/trpc.ts';
import type { Stores } from '../../stores/stores.ts';
import type { CreateKeyOutput } from '../schemas.ts';
import { type ExchangeRuleRow, findRulesFor, type SponsoredRule } from './find-rules.ts';
import { issueKey } from './issue-key.ts';
import { unmetCondition } from './match-rule.ts';
import type { ExchangeInput } from './schemas.ts';
import { verifyQueued } from './verification-queue.ts';
import { exchangeDenied, issuerOfWorkload, type WorkloadToken } from './workload-token.ts';

/**
 * How many log lines about refused exchanges each IP address may cause: anyone can cause them. Further lines have the level
 * `debug`.
 */
const deniedLogPacer = new Pacer([{ perSecond: 1, burst: 20 }]);

/**
 * Exchanges the token of a workload for a key, by the one rule that it matches.
 * @throws Refusal EXCHANGE_DENIED for whatever is wrong with the token or with the rules; TOO_MANY_FAILURES; UNAVAILABLE if the
 *   keys of the issuer cannot be read
 */
export async function exchangeToken(ctx: Context, input: ExchangeInput): Promise<CreateKeyOutput> {
  const { stores, config } = ctx.service;
  return throttleByClient(
    unauthenticatedCaller(ctx.request.address),
    config.failures.address,
    stores,
    async () => {
      try {
        return await exchange(ctx, input);
      } catch (error) {
        if (isDenied(error)) recordDenied(ctx, error);
        throw error;
      }
    },
  );
}

async function exchange(ctx: Context, input: ExchangeInput): Promise<CreateKeyOutput> {
  const { stores, gate } = ctx.service;
  const { address } = ctx.request;
  const client = unauthenticatedCaller(address);
  const issuer = issuerOfWorkload(input.token, stores.issuers);
  const token = await verifyQueued(input.token, issuer, client.payer, seconds(stores.clock));
  const which = { issuer: issuer.name, audience: token.audience, id: input.rule ?? null };
  // Anyone may get a token of a public issuer: its sender is not an authenticated caller until the token matches a rule.
  const read = () => findRulesFor(stores.database.db, which);
  const rules = await gate.lookups.readOfIssuer(issuer.name, client, read);
  const rule = chooseRule(stores, rules, token, address);
  try {
    return await issueKey(ctx, { rule, payer: payerOf(rules, rule) }, token, input);
  } catch (error) {
    if (isDenied(error)) recordInWorkspace(stores, rules, rule, causeOf(error));
    throw error;
  }
}

/** The one rule that a token matches. @throws Refusal EXCHANGE_DENIED, which the audit log of the workspace counts */
function chooseRule(
  stores: Stores,
  rules: readonly SponsoredRule[],
  token: WorkloadToken,
  address: string | null,
): ExchangeRuleRow {
  const results = rules.map(({ rule }) => ({ rule, unmet: unmetCondition(rule, token, address) }));
  const [fits, ...more] = results.filter(({ unmet }) => unmet === null);
  if (fits && more.length === 0) return fits.rule;
  const [first] = results;
  if (!first)
    throw exchangeDenied(`${token.issuer.name}: no rule has its audience ${sanitizeForLog(token.audience)}`);
  const cause = fits ? 'several rules fit' : rules.length === 1 ? String(first.unmet) : 'no rule fits';
  recordInWorkspace(stores, rules, first.rule, cause);
  const { workspaceId } = first.rule;
  throw exchangeDenied(`${token.issuer.name}, ${workspaceId}, ${JSON.stringify(token.subject)}: ${cause}`);
}

function recordInWorkspace(
  { rejectedAttempts }: Stores,
  rules: readonly SponsoredRule[],
  rule: ExchangeRuleRow,
  cause: string,
): void {
  const { id, workspaceId } = rule;
  rejectedAttempts.recordExchange({ id, workspaceId, payer: payerOf(rules, rule) }, cause);
}

/** The path to which the exchanges of a rule are charged: its workspace pays for them. */
function payerOf(rules: readonly SponsoredRule[], { id, workspaceId }: ExchangeRuleRow): FairnessPath {
  const sponsorId = rules.find(({ rule }) => rule.id === id)?.sponsorId ?? null;
  return workspacePath(sponsorId, workspaceId, id);
}

/** The operator learns why; the caller does not. */
function recordDenied({ service, request }: Context, denied: Refusal): void {
  const { log, stores } = service;
  const level = deniedLogPacer.take([addressGroup(request.address)]) === 0 ? 'info' : 'debug';
  log[level]({ requestId: request.id, why: causeOf(denied) }, 'exchange refused');
  if (request.address !== null) stores.unauthenticatedCalls.record(request.address, 'EXCHANGE_DENIED');
}

const isDenied = (error: unknown): error is Refusal =>
  error instanceof Refusal && error.reason === 'EXCHANGE_DENIED';

const causeOf = ({ cause }: Refusal): string => (cause instanceof Error ? cause.message : String(cause));
