// A program of Node, Bun and Deno that ends by itself: nothing of the client may keep it alive.
import { createKeysealClient } from '@keyseal/client';
import { createBrowserSession } from '@keyseal/client/session';

const { url, apiKey, signingSecret, password } = JSON.parse(process.env.CALLER);

// With the directory of keys, which a receipt needs.
const receipts = [];
const key = createKeysealClient({
  ...{ url, apiKey, signingSecret, retry: { attempts: 3 } },
  onReceipt: (receipt) => receipts.push(receipt),
});
await key.exemple.query({ name: 'Ada' });

// An access token that has expired is refreshed.
const { session } = await createKeysealClient({ url }).auth.signUp.mutate({
  ...{ email: `refreshed-${crypto.randomUUID()}@example.com`, password },
});
const expired = { ...session, accessTokenExpiresAt: new Date(0).toISOString() };
const { user } = await createKeysealClient({ url, session: expired }).whoami.query();

const tabs = createBrowserSession({ url });
await tabs.signUp({ email: `tabs-${crypto.randomUUID()}@example.com`, password });
await tabs.signOut();

process.stdout.write(JSON.stringify([receipts.length, typeof user.id, tabs.id]));
