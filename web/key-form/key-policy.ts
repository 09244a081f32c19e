import { type KeyFields, lastDayOf, linesOf, UNITS } from './key-fields.ts';
import { readRegistration } from './registration.ts';

/** The fields as input of `keys.update`: null removes a value. */
export const policyOf = (fields: KeyFields, now: Date) => ({
  name: fields.name.trim(),
  permissions: fields.permissions,
  expiresAt: expiresAtOf(fields.expiry, now),
  limits: fields.limits.map(({ name, limit, every, unit }) => ({
    name: name.trim(),
    limit: Number(limit),
    windowSeconds: Number(every) * UNITS[unit],
  })),
  credits: fields.credits.metered ? creditsOf(fields.credits) : null,
  allowedAddresses: linesOf(fields.addresses),
  externalId: fields.externalId.trim() || null,
  authorities: linesOf(fields.authorities),
  metadata: (fields.metadata.trim() === '' ? {} : JSON.parse(fields.metadata)) as Record<string, unknown>,
});

export type Policy = ReturnType<typeof policyOf>;

/** The key expires at the end of its last day, in UTC. */
function expiresAtOf(expiry: KeyFields['expiry'], now: Date): string | null {
  const day = lastDayOf(expiry, now);
  return day === '' ? null : new Date(`${day}T23:59:59Z`).toISOString();
}

function creditsOf({ remaining, refill, amount }: KeyFields['credits']) {
  return {
    remaining: Number(remaining),
    ...(refill === 'none' ? {} : { refill: { amount: Number(amount), every: refill } }),
  };
}

/** The input of `keys.create`, without the public key of a key pair that the page makes. */
export function newKeyOf(fields: KeyFields, now: Date) {
  const { expiresAt, credits, externalId, ...policy } = policyOf(fields, now);
  return {
    environment: fields.environment,
    ...policy,
    ...(expiresAt ? { expiresAt } : {}),
    ...(credits ? { credits } : {}),
    ...(externalId ? { externalId } : {}),
    ...(fields.isService ? { service: true } : {}),
    ...(fields.signer === 'ownPair' ? readRegistration(fields.publicKey) : {}),
  };
}

/** The field of each part of a policy. */
export const FIELD_OF = {
  name: 'name',
  permissions: 'permissions',
  expiresAt: 'expiry',
  limits: 'limits',
  credits: 'credits',
  allowedAddresses: 'addresses',
  externalId: 'externalId',
  authorities: 'authorities',
  metadata: 'metadata',
} as const satisfies Record<keyof Policy, keyof KeyFields>;

/** The parts of a policy whose fields differ. */
export const changedParts = (before: KeyFields, after: KeyFields): (keyof Policy)[] =>
  (Object.keys(FIELD_OF) as (keyof Policy)[]).filter(
    (part) => JSON.stringify(before[FIELD_OF[part]]) !== JSON.stringify(after[FIELD_OF[part]]),
  );

/** The input of `keys.update` for changed fields. It leaves out what the user did not change. */
export function changesOf(before: KeyFields, after: KeyFields, now: Date): Partial<Policy> {
  const policy = policyOf(after, now);
  return Object.fromEntries(changedParts(before, after).map((part) => [part, policy[part]]));
}
