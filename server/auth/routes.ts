import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { EXAMPLE_USER } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { countFailuresByAddress } from './count-failures-by-address.ts';
import { deleteAccount } from './delete-account.ts';
import {
  EXAMPLE_NEW_PASSWORD,
  EXAMPLE_PASSWORD,
  EXAMPLE_RESET_TOKEN,
  EXAMPLE_SESSION,
  EXAMPLE_SIGNED_IN,
} from './examples.ts';
import { changePassword } from './password-change.ts';
import { createReset, resetPassword } from './password-reset.ts';
import { updateProfile } from './profile.ts';
import { clearCookie, handOver, requirePublicOrigin, takeRefreshToken } from './refresh-cookie.ts';
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
  SignInOutput,
  SignOutInput,
  SignOutOutput,
  SignUpInput,
  UpdateProfileInput,
  UpdateProfileOutput,
} from './schemas.ts';
import { refreshSession } from './session.ts';
import { signIn } from './sign-in.ts';
import { signOut } from './sign-out.ts';
import { signUp } from './sign-up.ts';
import { signedIn, viewOfUser } from './signed-in.ts';

const Nothing = z.object({});

export const authRoutes = {
  signUp: procedure({
    access: 'public',
    description:
      'Creates an account, its workspace and its first session. A password has at least 12 characters and at most 1,024 bytes; a common one, or one that is the name or the e-mail address of the account, is refused with `INPUT_INVALID`. The e-mail address is not verified. Calls are rate-limited per IP address. `session` is `{ id, signingSecret, accessToken, accessTokenExpiresAt, refreshToken }`; the signing secret is shown only here. With `cookie: true`, from a page of a public origin, the refresh token goes into a cookie and is `null` in the response. With the `invitationToken` of an invitation to this e-mail address the account joins the workspace of the invitation instead of a new one, and can be created even if sign-up is closed.',
    shapes: {
      input: '`{ email, password, name?, setupToken?, invitationToken?, cookie? }`',
      output: '`{ user, session }`',
    },
    refusals: ['CONFLICT', 'ACCESS_DENIED', 'INVITATION_INVALID', 'RATE_LIMITED', 'TOO_MANY_FAILURES'],
    example: {
      input: { email: EXAMPLE_USER.email, password: EXAMPLE_PASSWORD, name: EXAMPLE_USER.name },
      output: EXAMPLE_SIGNED_IN,
    },
  })
    .input(SignUpInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      const { user, session } = await signUp(ctx.service, input, ctx.request);
      return signedIn(ctx, user, session, input.cookie === true);
    }),

  signIn: procedure({
    access: 'public',
    description:
      'Begins a session. An unknown e-mail address and a wrong password get the same response, in the same time. Many failed attempts on an account slow down further ones; the correct password may have to wait. A user has at most a hundred sessions: beyond that, the session with the oldest refresh ends. If the account has a second factor, the response to the correct password is `{ next: "totp", challenge }` instead of a session: pass the challenge and a code to `auth.signInWithCode`. `next` is never another string: a passkey signs in without a password, by `auth.startPasskeySignIn`.',
    shapes: {
      input: '`{ email, password, cookie? }`',
      output: '`{ user, session }` or `{ next, challenge }`',
    },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'ACCESS_DENIED'],
    example: { input: { email: EXAMPLE_USER.email, password: EXAMPLE_PASSWORD }, output: EXAMPLE_SIGNED_IN },
  })
    .input(SignInInput)
    .output(SignInOutput)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      const result = await countFailuresByAddress(ctx, signIn(ctx, input));
      return result.next ? result : signedIn(ctx, result.user, result.session, input.cookie === true);
    }),

  refresh: procedure({
    access: 'session',
    description:
      'Accepts the refresh token, or the cookie, and returns the next refresh token and a new access token. It returns no `signingSecret`: the session keeps its own. If a refresh token is used a second time, the same next token is returned for 30 seconds, as long as that has not been used itself; otherwise the session ends.',
    shapes: { input: '`{ refreshToken? }`', output: '`{ session }`' },
    refusals: ['TOKEN_INVALID', 'TOKEN_MISSING', 'SESSION_ENDED'],
    example: { input: { refreshToken: EXAMPLE_SESSION.refreshToken }, output: { session: EXAMPLE_SESSION } },
  })
    .input(RefreshInput)
    .output(RefreshOutput)
    .mutation(async ({ ctx, input }) => {
      const { token, cookie } = takeRefreshToken(ctx, input?.refreshToken);
      const session = await refreshSession(ctx.service, ctx, token);
      return { session: handOver(ctx, session, cookie) };
    }),

  signOut: procedure({
    access: 'user',
    description:
      'Ends the session at once, on every instance. With `returnTo` it can end at the identity provider too, if it began there and the entry of the provider has `endSession: true`: then send the browser to `endSession.url`. The provider sends it back to `returnTo` (a path of the console, or one of your own pages on an origin from which pages may call the API, registered at the provider), with `endSession.state` in the parameter `state`. Otherwise `endSession` is `null`. See [Identity providers](identity-provider.md#signing-out).',
    shapes: { input: '`{ returnTo? }?`', output: '`{ endSession }`' },
    example: { input: {}, output: { endSession: null } },
  })
    .input(SignOutInput)
    .output(SignOutOutput)
    .mutation(async ({ ctx, input }) => ({ endSession: await signOut(ctx, input?.returnTo) })),

  updateProfile: procedure({
    access: 'user',
    description:
      "Changes the caller's name: 1 to 100 characters, without control characters and direction overrides. Other members see the new name from then on. The audit log records when it was changed, but not the name.",
    shapes: { input: '`{ name }`', output: '`{ user }`' },
    example: { input: { name: EXAMPLE_USER.name }, output: { user: EXAMPLE_SIGNED_IN.user } },
  })
    .input(UpdateProfileInput)
    .output(UpdateProfileOutput)
    .mutation(async ({ ctx, input }) => ({ user: viewOfUser(await updateProfile(ctx.service, ctx, input)) })),

  changePassword: procedure({
    access: 'user',
    description:
      "Changes the caller's password and ends their other sessions at once, on every instance. Earlier links to set a password stop working. Failed attempts are slowed down like those of a sign-in.",
    shapes: { input: '`{ currentPassword, newPassword }`', output: '`{ }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES'],
    example: {
      input: { currentPassword: EXAMPLE_PASSWORD, newPassword: EXAMPLE_NEW_PASSWORD },
      output: {},
    },
  })
    .input(ChangePasswordInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await countFailuresByAddress(ctx, changePassword(ctx.service, ctx, input));
      return {};
    }),

  createReset: procedure({
    access: 'user',
    permission: 'members:write',
    stepUp: true,
    description:
      'Creates a token with which a member who lost their password sets another: it is shown once, works once, expires after 24 hours, and replaces earlier ones. Only for a member whom the caller manages in **every** workspace that the member belongs to, and never for the caller. See [Teams](teams.md).',
    shapes: { input: '`{ userId }`', output: '`{ token, expiresAt }`' },
    refusals: ['MEMBER_NOT_FOUND', 'ESCALATION_DENIED'],
    example: {
      input: { userId: EXAMPLE_USER.id },
      output: { token: EXAMPLE_RESET_TOKEN, expiresAt: '2026-11-26T09:30:00.000Z' },
    },
  })
    .input(CreateResetInput)
    .output(CreateResetOutput)
    .mutation(async ({ ctx, input }) => {
      const { token, expiresAt } = await createReset(ctx.service.stores, ctx, input.userId);
      return { token, expiresAt: expiresAt.toISOString() };
    }),

  reset: procedure({
    access: 'public',
    description:
      'Sets a new password with such a token and ends all sessions of its user. Every invalid token gets the same response. A token is also invalid once its author may no longer create it, or once its author or its user has left the workspace in which it was created.',
    shapes: { input: '`{ token, newPassword }`', output: '`{ }`' },
    refusals: ['RESET_INVALID', 'TOO_MANY_FAILURES'],
    example: {
      input: { token: EXAMPLE_RESET_TOKEN, newPassword: EXAMPLE_NEW_PASSWORD },
      output: {},
    },
  })
    .input(ResetInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await resetPassword(ctx.service, input, ctx.request);
      return {};
    }),

  deleteAccount: procedure({
    access: 'user',
    description:
      "Deletes the caller's account: name, e-mail address and password are erased, their sessions end, their keys are disabled, and they are a member of no workspace. A workspace with no other member is deleted too. Refused while they are the last owner of a workspace with other members.",
    shapes: { input: '`{ password }`', output: '`{ }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'CONFLICT'],
    example: { input: { password: EXAMPLE_PASSWORD }, output: {} },
  })
    .input(DeleteAccountInput)
    .output(Nothing)
    .mutation(async ({ ctx, input }) => {
      await countFailuresByAddress(ctx, deleteAccount(ctx.service, ctx, input.password));
      clearCookie(ctx);
      return {};
    }),
} satisfies TRPCRouterRecord;
