import type { users } from '../../drizzle/schema/accounts.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import type { Context } from '../rpc/trpc.ts';
import { rememberKnownBrowser } from './known-browser.ts';
import { handOver } from './refresh-cookie.ts';
import type { IssuedSession } from './session.ts';

/** The response with a new session. It makes the browser a known one. */
export function signedIn<S extends IssuedSession>(
  ctx: Context,
  user: typeof users.$inferSelect,
  session: S,
  cookie: boolean,
) {
  const handed = handOver(ctx, session, cookie);
  if (cookie) rememberKnownBrowser(ctx, user.email);
  return { user: viewOfUser(user), session: handed };
}

/** A user as they see themselves. */
export function viewOfUser({ id, email, name, createdAt }: typeof users.$inferSelect) {
  return { id, email, name, createdAt: isoOrEpoch(createdAt) };
}
