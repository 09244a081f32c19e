import { createPublicClient } from '../../client/public-client.ts';
import { SERVICE_URL } from './browser-session.ts';

/** The typed client of what anybody may call, for pages before a sign-in: see `service.ts` for that of a user. */
export const publicClient = createPublicClient({ url: SERVICE_URL });
