import { EXAMPLE_KEY, EXAMPLE_LATER, EXAMPLE_SIGNING_SECRET } from '../lib/example-values.ts';

const { name, environment, permissions, limits, credits, externalId, metadata, createdAt } = EXAMPLE_KEY;

export const EXAMPLE_KEY_INPUT = { name, environment, permissions, limits, credits, externalId, metadata };

export const EXAMPLE_NEW_KEY = {
  key: EXAMPLE_KEY,
  secret: 'ks_live_jfJ31CVuhfQ5_an-example-and-no-key',
  signingSecret: EXAMPLE_SIGNING_SECRET,
};

export const EXAMPLE_REVOKED_KEY = {
  ...EXAMPLE_KEY,
  status: 'revoked',
  revokedAt: EXAMPLE_LATER,
  revokedReason: 'leaked',
};

export const EXAMPLE_OWNER = { externalId, limits, credits, createdAt };
