import type { SessionUserCaller } from '../gate/caller.ts';
import type { Context } from '../rpc/trpc.ts';
import { clearCookie } from './refresh-cookie.ts';
import { endSession } from './session.ts';

/** Ends the session that makes the call, on every instance, and clears its cookie. */
export async function signOut(ctx: Context & { readonly caller: SessionUserCaller }): Promise<void> {
  await endSession(ctx.service.stores, ctx.caller.session, ctx, { action: 'auth.signOut' });
  clearCookie(ctx);
}
