/** What a call takes and answers, as an example; secrets in it are made up. */
interface Example {
  readonly input?: unknown;
  readonly output?: unknown;
}

const USER = { id: 'usr_8Yk2LmQx0v3B', email: 'ada@example.com', name: 'Ada' };
const AT = '2026-11-25T09:30:00.000Z';
const TEN_MINUTES_LATER = '2026-11-25T09:40:00.000Z';

const SESSION = {
  id: 'ses_4fT9bQ2xZ7Lk',
  accessToken: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
  accessTokenExpiresAt: TEN_MINUTES_LATER,
  refreshToken: 'an-opaque-text-that-is-good-once',
};
const SIGNED_IN = {
  user: { ...USER, createdAt: AT },
  session: { ...SESSION, signingSecret: 'kss_an-example-of-a-signing-secret-that-nobody-has' },
};

const KEY = {
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
  ownerId: USER.id,
  createdAt: AT,
  expiresAt: null,
  lastUsedAt: null,
  rotatedAt: null,
  previous: null,
  revokedAt: null,
  revokedReason: null,
};
const { name, environment, permissions, limits, credits, externalId, metadata } = KEY;
const REVOKED = { ...KEY, status: 'revoked', revokedAt: TEN_MINUTES_LATER, revokedReason: 'leaked' };
const CALLER = { keyId: KEY.id, userId: null };

/** Examples of the procedures that people begin with, by name. A test holds each to its schemas. */
export const EXAMPLES: Readonly<Record<string, Example>> = {
  'auth.signUp': {
    input: { email: USER.email, password: 'correct horse battery staple', name: USER.name },
    output: SIGNED_IN,
  },
  'auth.signIn': {
    input: { email: USER.email, password: 'correct horse battery staple' },
    output: SIGNED_IN,
  },
  'auth.refresh': { input: { refreshToken: SESSION.refreshToken }, output: { session: SESSION } },
  'auth.signOut': { input: {}, output: {} },
  'keys.create': {
    input: { name, environment, permissions, limits, credits, externalId, metadata },
    output: {
      key: KEY,
      secret: 'ks_live_jfJ31CVuhfQ5_an-example-and-no-key',
      signingSecret: 'kss_an-example-of-a-signing-secret-that-nobody-has',
    },
  },
  'keys.list': { input: { limit: 20, status: 'active' }, output: { items: [KEY], nextCursor: null } },
  'keys.get': { input: { id: KEY.id }, output: KEY },
  'keys.update': { input: { id: KEY.id, name: 'Billing, EU' }, output: { ...KEY, name: 'Billing, EU' } },
  'keys.revoke': { input: { id: KEY.id, reason: 'leaked' }, output: REVOKED },
  'owners.get': { input: { externalId }, output: { externalId, limits, credits, createdAt: AT } },
  verify: {
    input: {
      method: 'GET',
      authority: 'orders.example.com',
      target: '/v1/orders/42',
      headers: [
        ['authorization', 'Bearer ks_live_…'],
        ['x-signature', 'v1,k=…,t=…,n=…,s=…'],
      ],
      bodySha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
      require: { permission: 'orders:read' },
    },
    output: {
      valid: true,
      caller: {
        kind: 'key',
        key: { id: KEY.id, name, environment, externalId, metadata },
        userId: null,
        workspaceId: 'wsp_2Nc8VtR5yJ1d',
      },
      permissions: ['orders:read'],
      limits: [],
      credits: { remaining: 9_999 },
      requestId: '5f0a3b52-8a56-4f7e-9d0f-6f1f2f0d3c11',
    },
  },
  exemple: { input: { name: 'Ada' }, output: { message: 'Hello, Ada!', at: AT, caller: CALLER } },
  echo: { input: { text: 'bonjour' }, output: { text: 'bonjour', caller: CALLER } },
  profile: { input: {}, output: { user: USER, caller: { ...CALLER, userId: USER.id } } },
  whoami: {
    input: {},
    output: {
      kind: 'key',
      key: { id: KEY.id, name, environment, externalId, limits, credits: { remaining: 10_000 } },
      user: null,
      session: null,
      workspace: { id: 'wsp_2Nc8VtR5yJ1d', name: 'Ada', role: null },
      permissions,
      environment,
    },
  },
  upload: {
    output: {
      name: null,
      size: 3,
      sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    },
  },
  health: { input: {}, output: { status: 'ok', version: '0.1.0' } },
};
