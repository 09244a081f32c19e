/** Values that the examples of several features share; no row has these ids. */
export const EXAMPLE_AT = '2026-11-25T09:30:00.000Z';
export const EXAMPLE_LATER = '2026-11-25T09:40:00.000Z';

export const EXAMPLE_SIGNING_SECRET = 'kss_an-example-of-a-signing-secret-that-nobody-has';

export const EXAMPLE_USER = { id: 'usr_8Yk2LmQx0v3B', email: 'ada@example.com', name: 'Ada' };

export const EXAMPLE_SESSION_ID = 'ses_4fT9bQ2xZ7Lk';

export const EXAMPLE_WORKSPACE_ID = 'wsp_2Nc8VtR5yJ1d';

export const EXAMPLE_KEY = {
  id: 'jfJ31CVuhfQ5',
  name: 'Billing',
  environment: 'live',
  permissions: ['exemple:read', 'echo:write'],
  allowedAddresses: [],
  limits: [{ name: 'minute', limit: 600, windowSeconds: 60 }],
  credits: { remaining: 10_000, refill: { amount: 10_000, every: 'month' } },
  externalId: 'customer-42',
  authorities: [],
  metadata: { plan: 'pro' },
  status: 'active',
  signature: { algorithm: 'hmac-sha256', thumbprint: null },
  ownerId: EXAMPLE_USER.id,
  createdAt: EXAMPLE_AT,
  expiresAt: null,
  lastUsedAt: null,
  rotatedAt: null,
  previous: null,
  revokedAt: null,
  revokedReason: null,
};
