import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import type { users } from '../../drizzle/schema.ts';
import { throttled } from '../gate/throttle.ts';
import { throttleGroup } from '../stores/failures.ts';
import { procedure } from '../trpc.ts';
import { clearCookie, handOver, requireOwnOrigin, takeRefreshToken } from './refresh-cookie.ts';
import { RefreshInput, RefreshOutput, SignedIn, SignInInput, SignUpInput } from './schemas.ts';
import { endSession, refreshSession } from './session.ts';
import { signIn } from './sign-in.ts';
import { signUp } from './sign-up.ts';

export const auth = {
  signUp: procedure({ access: 'public' })
    .input(SignUpInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requireOwnOrigin(ctx);
      const { user, session } = await signUp(ctx.service, input, ctx.request);
      return { user: viewOf(user), session: handOver(ctx, session, input.cookie === true) };
    }),

  signIn: procedure({ access: 'public' })
    .input(SignInInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      const { service, request } = ctx;
      if (input.cookie) requireOwnOrigin(ctx);
      const { user, session } = await signIn(service, input, request).catch((error) => {
        throw throttled(
          error,
          `address ${throttleGroup(request.address)}`,
          service.config.failures.address,
          service.stores,
        );
      });
      return { user: viewOf(user), session: handOver(ctx, session, input.cookie === true) };
    }),

  refresh: procedure({ access: 'session' })
    .input(RefreshInput)
    .output(RefreshOutput)
    .mutation(async ({ ctx, input }) => {
      const { token, cookie } = takeRefreshToken(ctx, input?.refreshToken);
      const session = await refreshSession(ctx.service, ctx, token);
      return { session: handOver(ctx, session, cookie) };
    }),

  signOut: procedure({ access: 'user' })
    .input(z.strictObject({}).optional())
    .output(z.object({}))
    .mutation(async ({ ctx }) => {
      await endSession(ctx.service.stores, ctx.caller.session.id, ctx, { action: 'auth.signOut' });
      clearCookie(ctx);
      return {};
    }),
} satisfies TRPCRouterRecord;

function viewOf({ id, email, name, createdAt }: typeof users.$inferSelect) {
  return { id, email, name, createdAt: createdAt.toISOString() };
}
