import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import type { users } from '../../drizzle/schema.ts';
import { addressGroup } from '../../shared/fairness/fairness-key.ts';
import { countFailedAttempt } from '../gate/throttle.ts';
import { type Context, procedure } from '../rpc/trpc.ts';
import { deleteAccount } from './delete-account.ts';
import { rememberDevice } from './known-device.ts';
import { changePassword } from './password-change.ts';
import { updateProfile } from './profile.ts';
import { clearCookie, handOver, requireOwnOrigin, takeRefreshToken } from './refresh-cookie.ts';
import { createReset, resetPassword } from './reset.ts';
import {
  ChangePasswordInput,
  CreateResetInput,
  CreateResetOutput,
  DeleteAccountInput,
  RefreshInput,
  RefreshOutput,
  ResetInput,
  SignedIn,
  SignInInput,
  SignUpInput,
  UpdateProfileInput,
  UpdateProfileOutput,
} from './schemas.ts';
import { endSession, type IssuedSession, refreshSession } from './session.ts';
import { signIn } from './sign-in.ts';
import { signUp } from './sign-up.ts';

const Nothing = z.object({});

export const authRoutes = {
  signUp: procedure({ access: 'public' })
    .input(SignUpInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requireOwnOrigin(ctx);
      const { user, session } = await signUp(ctx.service, input, ctx.request);
      return signedIn(ctx, user, session, input.cookie === true);
    }),

  signIn: procedure({ access: 'public' })
    .input(SignInInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requireOwnOrigin(ctx);
      const { user, session } = await byAddress(ctx, signIn(ctx, input));
      return signedIn(ctx, user, session, input.cookie === true);
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
    .output(Nothing)
    .mutation(async ({ ctx }) => {
      await endSession(ctx.service.stores, ctx.caller.session.id, ctx, { action: 'auth.signOut' });
      clearCookie(ctx);
      return {};
    }),

  updateProfile: procedure({ access: 'user' })
    .input(UpdateProfileInput)
    .output(UpdateProfileOutput)
    .mutation(async ({ ctx, input }) => ({ user: viewOf(await updateProfile(ctx.service, ctx, input)) })),

  /** Ends the other sessions. */
  changePassword: procedure({ access: 'user' })
    .input(ChangePasswordInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await byAddress(ctx, changePassword(ctx.service, ctx, input));
      return {};
    }),

  /** Makes a link by which a member, who has lost their password, sets another. */
  createReset: procedure({ access: 'user', permission: 'members:write' })
    .input(CreateResetInput)
    .output(CreateResetOutput)
    .mutation(async ({ ctx, input }) => {
      const { token, expiresAt } = await createReset(ctx.service.stores, ctx, input.userId);
      return { token, expiresAt: expiresAt.toISOString() };
    }),

  /** By whoever was handed such a link: they have nothing else to show. */
  reset: procedure({ access: 'public' })
    .input(ResetInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await resetPassword(ctx.service, input, ctx.request);
      return {};
    }),

  deleteAccount: procedure({ access: 'user' })
    .input(DeleteAccountInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await byAddress(ctx, deleteAccount(ctx.service, ctx, input.password));
      clearCookie(ctx);
      return {};
    }),
} satisfies TRPCRouterRecord;

/** Counts wrong passwords by the address that they come from too. */
async function byAddress<T>({ request, service }: Context, attempt: Promise<T>): Promise<T> {
  try {
    return await attempt;
  } catch (error) {
    const name = `address ${addressGroup(request.address)}`;
    throw countFailedAttempt(error, name, service.config.failures.address, service.stores);
  }
}

/** A session as it begins; a browser is known from then on. */
function signedIn<S extends IssuedSession>(
  ctx: Context,
  user: typeof users.$inferSelect,
  session: S,
  cookie: boolean,
) {
  const handed = handOver(ctx, session, cookie);
  if (cookie) rememberDevice(ctx, user.email);
  return { user: viewOf(user), session: handed };
}

function viewOf({ id, email, name, createdAt }: typeof users.$inferSelect) {
  return { id, email, name, createdAt: createdAt.toISOString() };
}
