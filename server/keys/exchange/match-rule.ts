import { matchesSubject } from '../../../shared/subject-pattern.ts';
import { AddressList } from '../../lib/address-list.ts';
import type { ExchangeRuleRow } from './find-rules.ts';
import type { WorkloadToken } from './workload-token.ts';

/** The condition of a rule that a token does not meet. */
export type Condition = 'disabled' | 'issuer' | 'audience' | 'subject' | 'claims' | 'address';

/** For each condition of a rule, whether a token meets it. The log names the first that it does not meet. */
const MEETS: Record<
  Condition,
  (rule: ExchangeRuleRow, token: WorkloadToken, address: string | null) => boolean
> = {
  disabled: ({ enabled, deletedAt }) => enabled && deletedAt === null,
  issuer: (rule, { issuer }) => rule.issuer === issuer.name,
  audience: (rule, { audience }) => rule.audience === audience,
  subject: (rule, { subject }) => matchesSubject(rule.subject, subject),
  claims: ({ claims: wanted }, { claims }) =>
    Object.entries(wanted).every(
      ([name, value]) => Object.hasOwn(claims, name) && claimText(claims[name]) === value,
    ),
  address: ({ allowedAddresses: all }, _, address) =>
    all.length === 0 || (address !== null && new AddressList(all).has(address)),
};

/**
 * Returns the first condition of a rule that a token does not meet; null if it meets all of them.
 * @param address the caller's IP address; null if it is unknown
 */
export function unmetCondition(
  rule: ExchangeRuleRow,
  token: WorkloadToken,
  address: string | null,
): Condition | null {
  const conditions = Object.keys(MEETS) as Condition[];
  return conditions.find((condition) => !MEETS[condition](rule, token, address)) ?? null;
}

/** The string that a claim is compared as; null for a list or an object, which matches no rule. */
function claimText(claim: unknown): string | null {
  if (typeof claim === 'string') return claim;
  return typeof claim === 'boolean' || Number.isSafeInteger(claim) ? String(claim) : null;
}
