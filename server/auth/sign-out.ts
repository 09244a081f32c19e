import type { SessionUserCaller } from '../gate/caller/caller.ts';
import type { Context } from '../rpc/trpc.ts';
import { type EndSession, endSessionUrl, providerOf } from './external/end-session.ts';
import { signedOutPage } from './external/return-to.ts';
import { clearCookie } from './refresh-cookie.ts';
import { endSession } from './session.ts';

/**
 * Ends the session that makes the call, on every instance, and clears its cookie.
 * @param returnTo where the browser returns from the provider, if the session began at one; undefined to end nothing there
 * @returns the provider's page that ends the session there; null for none
 * @throws Refusal INPUT_INVALID for a `returnTo` elsewhere; nothing ends then
 */
export async function signOut(
  ctx: Context & { readonly caller: SessionUserCaller },
  returnTo: string | undefined,
): Promise<EndSession | null> {
  const { caller, service } = ctx;
  const page = returnTo === undefined ? null : signedOutPage(ctx, returnTo);
  const begunAt = page === null ? null : await providerOf(service, caller.session.id);
  await endSession(service.stores, caller.session, ctx, { action: 'auth.signOut' });
  clearCookie(ctx);
  return page === null || begunAt === null ? null : endSessionUrl(service, begunAt, page);
}
