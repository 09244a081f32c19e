import { canonical, toStorable } from './canonical-text.ts';

/**
 * The fields that a record may show of each kind of thing. No secret, no hash, no name and no e-mail address of a
 * person is among them, since a record cannot be removed.
 */
const FIELDS = {
  workspace: ['name', 'ownerId', 'sponsorId', 'signInSecondFactor', 'signInIssuer', 'deletedAt'],
  user: [
    ...['disabledAt', 'deletedAt', 'sponsorId', 'nameChangedAt', 'passwordChangedAt', 'resetExpiresAt'],
    ...['secondFactorBegunAt', 'secondFactorConfirmedAt', 'secondFactorRemovedAt'],
    ...['recoveryCodesMadeAt', 'recoveryCodeUsedAt', 'passkeyBegunAt'],
  ],
  session: [
    ...['userId', 'workspaceId', 'issuer', 'passkeyId', 'expiresAt', 'endedAt', 'reason', 'provenAt'],
    ...['publicKey', 'recoveryCodeUsedAt'],
  ],
  identity: ['userId', 'issuer', 'unlinkedAt'],
  passkey: [
    ...['userId', 'algorithm', 'deviceType', 'backedUp', 'renamedAt', 'disabledAt', 'removedAt', 'reason'],
    'recoveryCodeUsedAt',
  ],
  member: ['userId', 'role', 'issuer', 'removedAt', 'sponsorId'],
  invitation: ['role', 'expiresAt', 'acceptedAt', 'revokedAt'],
  key: [
    ...['name', 'environment', 'permissions', 'allowedAddresses', 'limits', 'credits', 'externalId'],
    ...[
      'authorities',
      'metadata',
      'enabled',
      'ownerId',
      'expiresAt',
      'rotatedAt',
      'previousValidUntil',
      'publicKey',
    ],
    ...['revokedAt', 'revokedReason', 'deletedAt', 'exchangeRuleId'],
  ],
  exchangeRule: [
    ...['name', 'issuer', 'audience', 'subject', 'claims', 'environment', 'permissions'],
    ...['allowedAddresses', 'limits', 'lifetimeSeconds', 'enabled', 'deletedAt'],
  ],
  externalOwner: ['externalId', 'limits', 'credits'],
  refusals: ['minute', 'reason', 'cause', 'count'],
  chain: ['seq', 'mac'],
} as const satisfies Record<string, readonly string[]>;

export type Kind = keyof typeof FIELDS;

type FieldValues = Record<string, unknown> | null;

/** The fields that a record shows before and after a change; only the changed ones if the thing still exists. */
export function recordedFields(
  kind: Kind,
  before: object | null | undefined,
  after: object | null | undefined,
): { before: FieldValues; after: FieldValues } {
  const [was, is] = [selectAllowed(kind, before), selectAllowed(kind, after)];
  if (!was || !is) return { before: was, after: is };
  const differ = [...new Set([...Object.keys(was), ...Object.keys(is)])].filter(
    (name) => canonical(was[name] ?? null) !== canonical(is[name] ?? null),
  );
  return { before: only(differ, was), after: only(differ, is) };
}

function selectAllowed(kind: Kind, thing: object | null | undefined): FieldValues {
  return thing ? toStorable(only(FIELDS[kind], thing as Record<string, unknown>)) : null;
}

function only(names: readonly string[], thing: Record<string, unknown>): Record<string, unknown> {
  const members = names.filter((name) => thing[name] !== undefined).map((name) => [name, thing[name]]);
  return Object.fromEntries(members);
}
