import { workspaceGroupPath } from '../../shared/fairness/fairness-path.ts';
import type { ProcedureGuard } from '../../shared/guard.ts';
import type { LimitState } from '../../shared/limits.ts';
import { docsOf } from '../../shared/refusal-form.ts';
import { targetMeaning } from '../../shared/target-meaning.ts';
import type { Caller, KeyCaller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import type { SignedRequest } from '../gate/request/request.ts';
import { hasPermission } from '../gate/rights/permission.ts';
import { summarizeKey } from '../lib/key-summary.ts';
import { Refusal } from '../lib/refusal.ts';
import { refusalOf } from '../rpc/procedure-refusal.ts';
import { callOriginOf, type Service } from '../rpc/trpc.ts';
import { counterOf } from '../stores/limits/rates.ts';
import { type CallOrigin, recordCall } from '../stores/usage/record-call.ts';
import type { UsageOutcome } from '../stores/usage/usage.ts';
import { readReported } from './reported-request.ts';
import type { VerifyInput, VerifyOutput } from './schemas.ts';

/**
 * Verifies a request that another service received as if it had come here: the same steps, the same reasons. Returns a refusal
 * as a result, but throws on an outage, so that no caller mistakes an outage for a refusal.
 * @param asking the key of the calling service: its workspace, environment and authorities bound what it can verify
 */
export async function verify(
  service: Service,
  asking: KeyCaller,
  input: VerifyInput,
  origin: Pick<CallOrigin, 'id' | 'startedAt'>,
): Promise<VerifyOutput> {
  checkRequired(service, input);
  checkSpellings(input);
  const dryRun = input.dryRun === true;
  const states: LimitState[] = [];
  let caller: Caller | null = null;
  let request: SignedRequest | null = null;
  try {
    request = readReported(input, asking, origin);
    const { workspaceId, environment } = asking.key;
    caller = await service.gate.admit(request, { scope: { workspaceId, environment }, dryRun });
    const remaining = await charge(service, caller, input, (some) => states.push(...some));
    if (!dryRun) recordVerification(service, caller, request, 'OK');
    const paid = { credits: remaining === null ? null : { remaining }, requestId: origin.id };
    const signature = signatureView(request, caller);
    const admitted = Object.assign(viewOf(service, caller, states), { signature }, paid);
    return Object.assign(dryRun ? { dryRun: 'admitted' as const } : { valid: true as const }, admitted);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.status >= 500) throw refusal;
    const { reason, status, message } = refusal;
    const { issues, ...details } = refusal.details;
    // The gate has counted refusals before admission.
    if (!dryRun && caller && request) recordVerification(service, caller, request, reason);
    const docs = docsOf(reason, callOriginOf(service));
    const limits = states.map(limitView);
    const named = issues ? { issues: issues.map((issue) => ({ ...issue })) } : {};
    const refused = {
      ...details,
      ...named,
      reason,
      message,
      httpStatus: status,
      docs,
      limits,
      requestId: origin.id,
    };
    return dryRun ? { dryRun: 'refused', ...refused } : { valid: false, ...refused };
  }
}

/**
 * @throws Refusal INPUT_INVALID for a name that is not a permission: no caller has it, so a typo must not pass as a check
 */
function checkRequired({ config }: Service, { require }: VerifyInput): void {
  const permission = require?.permission;
  if (permission === undefined || config.permissions.includes(permission)) return;
  const issue = { path: 'require.permission', message: 'is not a permission of this service' };
  throw new Refusal('INPUT_INVALID', { issues: [issue] });
}

/** @throws Refusal INPUT_INVALID if another target means something else than `target` */
function checkSpellings({ target, otherTargets = [] }: VerifyInput): void {
  const meaning = otherTargets.length === 0 ? '' : targetMeaning(target);
  const issues = otherTargets.flatMap((other, i) =>
    targetMeaning(other) === meaning
      ? []
      : [{ path: `otherTargets.${i}`, message: 'is not another spelling of `target`' }],
  );
  if (issues.length > 0) throw new Refusal('INPUT_INVALID', { issues });
}

/**
 * Checks the caller against what the service requires, then counts and charges the call. @returns the remaining
 * credits
 */
async function charge(
  { gate }: Service,
  caller: Caller,
  { require, cost, limit, dryRun }: VerifyInput,
  onLimits: (states: readonly LimitState[]) => void,
): Promise<number | null> {
  if (require?.user === true && caller.kind === 'key' && caller.user === null)
    throw new Refusal('TOKEN_MISSING');
  const guard: ProcedureGuard<string> = {
    access: 'any',
    ...(require?.permission === undefined ? {} : { permission: require.permission }),
    ...(cost === undefined ? {} : { cost }),
  };
  const subject = caller.kind === 'key' ? caller.key.id : `${caller.workspaceId} ${caller.session.userId}`;
  const extraCounters = limit
    ? [
        counterOf(workspaceGroupPath(payerOfCaller(caller)), subject, {
          ...limit,
          name: `service.${limit.name}`,
        }),
      ]
    : [];
  const options = { onLimits, source: 'verify' as const, extraCounters, dryRun: dryRun === true };
  return (await gate.authorize(caller, guard, options)).pay();
}

function recordVerification(
  { stores }: Service,
  caller: Caller,
  request: SignedRequest,
  outcome: UsageOutcome,
): void {
  if (caller.kind !== 'key') return;
  for (const name of request.procedures) recordCall(stores, caller, name, outcome, request);
}

/** Which signature format was verified, and with which algorithm: the caller's credential decides that. */
const signatureView = ({ signature }: SignedRequest, caller: Caller) => ({
  form: signature === null ? ('rfc9421' as const) : ('v1' as const),
  algorithm: publicKeyOf(caller)?.algorithm ?? ('hmac-sha256' as const),
});

/** The public key that verified the request; null if a secret did. */
function publicKeyOf(caller: Caller) {
  if (caller.kind !== 'key') return caller.session.publicKey;
  const { key, pair } = caller;
  return pair.previous ? (key.previous?.publicKey ?? null) : key.publicKey;
}

function viewOf({ config }: Service, caller: Caller, states: readonly LimitState[]) {
  if (caller.kind === 'session') throw new Refusal('TOKEN_MISSING');
  const key = caller.kind === 'key' ? caller.key : null;
  return {
    caller: {
      kind: caller.kind,
      key: key && { ...summarizeKey(key), metadata: key.metadata },
      userId: caller.kind === 'key' ? (caller.user?.id ?? null) : caller.userId,
      externalUser: caller.kind === 'key' ? externalViewOf(caller.user) : null,
      workspaceId: caller.workspaceId,
    },
    permissions: config.permissions.filter((permission) => hasPermission(caller, permission)),
    limits: states.map(limitView),
  };
}

/** The person whom a trusted issuer's token names; null for an account, which `userId` names. */
function externalViewOf(user: KeyCaller['user']) {
  return user === null || user.id !== null
    ? null
    : { issuer: user.issuer, subject: user.subject, claims: user.claims };
}

function limitView({ name, limit, windowSeconds, remaining, resetAt }: LimitState) {
  return { name, limit, windowSeconds, remaining, resetAt: new Date(resetAt).toISOString() };
}
