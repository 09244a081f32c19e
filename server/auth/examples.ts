import {
  EXAMPLE_AT,
  EXAMPLE_LATER,
  EXAMPLE_SESSION_ID,
  EXAMPLE_SIGNING_SECRET,
  EXAMPLE_USER,
} from '../lib/example-values.ts';

export const EXAMPLE_PASSWORD = 'correct horse battery staple';
export const EXAMPLE_NEW_PASSWORD = 'seven quiet rivers at dawn';
export const EXAMPLE_RESET_TOKEN = 'an-opaque-reset-token-that-works-once';

/** A session that was refreshed. */
export const EXAMPLE_SESSION = {
  id: EXAMPLE_SESSION_ID,
  accessToken: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.e30.c2lnbmF0dXJl',
  accessTokenExpiresAt: EXAMPLE_LATER,
  refreshToken: 'an-opaque-text-that-works-once',
};

export const EXAMPLE_SIGNED_IN = {
  user: { ...EXAMPLE_USER, createdAt: EXAMPLE_AT },
  session: { ...EXAMPLE_SESSION, signingSecret: EXAMPLE_SIGNING_SECRET },
};
