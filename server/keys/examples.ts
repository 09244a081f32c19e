import { EXAMPLE_AT, EXAMPLE_KEY, EXAMPLE_LATER, EXAMPLE_SIGNING_SECRET } from '../lib/example-values.ts';

const { name, environment, permissions, limits, credits, externalId, metadata, createdAt } = EXAMPLE_KEY;

export const EXAMPLE_KEY_INPUT = { name, environment, permissions, limits, credits, externalId, metadata };

export const EXAMPLE_NEW_KEY = {
  key: EXAMPLE_KEY,
  secret: 'ks_live_jfJ31CVuhfQ5_an-example-and-no-key',
  signingSecret: EXAMPLE_SIGNING_SECRET,
};

const PREVIOUS_VALID_UNTIL = '2026-11-26T09:40:00.000Z';

/** The previous secrets end a day after the rotation. */
export const EXAMPLE_ROTATED_KEY = {
  ...EXAMPLE_NEW_KEY,
  key: {
    ...EXAMPLE_KEY,
    lastUsedAt: EXAMPLE_AT,
    rotatedAt: EXAMPLE_LATER,
    previous: { validUntil: PREVIOUS_VALID_UNTIL, lastUsedAt: EXAMPLE_AT },
  },
  previousValidUntil: PREVIOUS_VALID_UNTIL,
};

export const EXAMPLE_REVOKED_KEY = {
  ...EXAMPLE_KEY,
  status: 'revoked',
  revokedAt: EXAMPLE_LATER,
  revokedReason: 'leaked',
};

export const EXAMPLE_OWNER = { externalId, limits, credits, createdAt };
