import type { Refresh } from '../../client/sessions/session.ts';
import { ServerClock } from '../../client/signing/clock.ts';
import { session } from './browser-session.ts';
import { client } from './service.ts';

const refresh: Refresh = async ({ refreshToken }) =>
  (await client.auth.refresh.mutate(refreshToken === null ? {} : { refreshToken })).session;

/** Refreshes the session of the signed-in user, for what the client does not do itself. */
export const sessionManager = session.managerFor(new ServerClock(), refresh);
