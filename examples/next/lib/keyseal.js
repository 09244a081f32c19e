import { createKeysealClient } from '@keyseal/client';

/** Kept on `globalThis`: Next loads this module once for pages and once for route handlers. */
const shared = (name) => {
  globalThis[name] ??= new Map();
  return globalThis[name];
};
// Where people's sessions are kept, by the id in their cookie. Here it is this process; with more than one, and to
// survive a restart, it is a table of your database.
const store = shared('keysealSessions');
// A client of each session, which all renders of this process share, so that it is refreshed once for all of them.
const clients = shared('keysealClients');

const url = () => process.env.KEYSEAL_URL;

/** Signs a user in. @returns the value of their cookie */
export async function signIn({ email, password }) {
  const { session } = await createKeysealClient({ url: url() }).auth.signIn.mutate({ email, password });
  const id = crypto.randomUUID();
  await store.set(id, session);
  return id;
}

/** The client of the user with this cookie, or null. A render may call it: it writes no cookie. */
export async function clientOf(id) {
  const session = id && (await store.get(id));
  if (!session) return null;
  const known = clients.get(id);
  // Another process has refreshed it if the store has a newer one.
  if (known?.accessToken === session.accessToken) return known.client;
  const entry = { accessToken: session.accessToken };
  entry.client = createKeysealClient({
    url: url(),
    session,
    onSessionChange: (next) => {
      if (next) {
        entry.accessToken = next.accessToken;
        store.set(id, next);
      } else {
        clients.delete(id);
        store.delete(id);
      }
    },
  });
  clients.set(id, entry);
  return entry.client;
}
