import { EXAMPLE_AT, EXAMPLE_LATER, EXAMPLE_SIGNING_SECRET, EXAMPLE_USER } from '../lib/example-values.ts';

export const EXAMPLE_PASSWORD = 'correct horse battery staple';

/** A session that was refreshed. */
export const EXAMPLE_SESSION = {
  id: 'ses_4fT9bQ2xZ7Lk',
  accessToken: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
  accessTokenExpiresAt: EXAMPLE_LATER,
  refreshToken: 'an-opaque-text-that-is-good-once',
};

export const EXAMPLE_SIGNED_IN = {
  user: { ...EXAMPLE_USER, createdAt: EXAMPLE_AT },
  session: { ...EXAMPLE_SESSION, signingSecret: EXAMPLE_SIGNING_SECRET },
};
