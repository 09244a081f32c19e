import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { EXAMPLE_AT } from '../../lib/example-values.ts';
import { procedure } from '../../rpc/trpc.ts';
import { countFailuresByAddress } from '../count-failures-by-address.ts';
import { EXAMPLE_PASSWORD, EXAMPLE_SIGNED_IN } from '../examples.ts';
import { requirePublicOrigin } from '../refresh-cookie.ts';
import { SignedIn } from '../schemas.ts';
import { signedIn } from '../signed-in.ts';
import { stepUp } from '../step-up.ts';
import {
  beginSecondFactor,
  confirmSecondFactor,
  newRecoveryCodesFor,
  removeSecondFactor,
  secondFactorOf,
} from './change.ts';
import {
  Begun,
  ConfirmInput,
  PasswordInput,
  ProofInput,
  Proven,
  RecoveryCodes,
  SecondFactorState,
  SignInWithCodeInput,
} from './schemas.ts';
import { signInWithCode } from './sign-in.ts';

const EXAMPLE_CHALLENGE = '1.an-opaque-text-for-this-sign-in';
const EXAMPLE_RECOVERY = { recoveryCodes: ['7k2m-x9qd-04tw-hb3r'] };

/** The second step of a sign-in, and a proof within a session. */
export const codeRoutes = {
  stepUp: procedure({
    access: 'user',
    description:
      'Re-authenticates the caller, for dangerous changes: they are refused with `STEP_UP_REQUIRED` unless the session signed in or re-authenticated within the last ten minutes. A refresh does not count. Requires the password and, if the account has a second factor, a code or a recovery code; failed attempts are slowed down like those of a sign-in. The re-authentication counts only for the calling session, on every instance. An account without a password signs in again with its identity provider instead: `auth.startSignIn` with `fresh: true`.',
    shapes: { input: '`{ password, code? }`', output: '`{ provenAt }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES'],
    example: { input: { password: EXAMPLE_PASSWORD, code: '492039' }, output: { provenAt: EXAMPLE_AT } },
  })
    .input(ProofInput)
    .output(Proven)
    .mutation(({ ctx, input }) => countFailuresByAddress(ctx, stepUp(ctx, input))),

  signInWithCode: procedure({
    access: 'public',
    description:
      'Finishes a sign-in for which `auth.signIn` returned `{ next: "totp", challenge }`: checks a code from the authenticator app, or a recovery code, and begins the session. A code works once, and a challenge begins one session, within five minutes. Wrong codes slow down further attempts just as wrong passwords do, and after twenty within an hour only a recovery code is accepted. If the challenge is no longer valid, the call is refused with `SIGN_IN_INVALID`: begin with the password again.',
    shapes: { input: '`{ challenge, code, cookie? }`', output: '`{ user, session }`' },
    refusals: ['CREDENTIALS_INVALID', 'SIGN_IN_INVALID', 'TOO_MANY_FAILURES', 'ACCESS_DENIED'],
    example: { input: { challenge: EXAMPLE_CHALLENGE, code: '492039' }, output: EXAMPLE_SIGNED_IN },
  })
    .input(SignInWithCodeInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      const { user, session } = await countFailuresByAddress(ctx, signInWithCode(ctx, input));
      return signedIn(ctx, user, session, input.cookie === true);
    }),
} satisfies TRPCRouterRecord;

/** The second factor of the caller's account. */
export const secondFactorRoutes = {
  get: procedure({
    access: 'user',
    description:
      "Whether sign-ins to the caller's account require a code, and how many recovery codes are left.",
    shapes: { input: '`{ }?`', output: '`{ confirmedAt, recoveryCodesLeft }`' },
    example: { input: {}, output: { confirmedAt: EXAMPLE_AT, recoveryCodesLeft: 10 } },
  })
    .input(z.strictObject({}).optional())
    .output(SecondFactorState)
    .query(({ ctx }) => secondFactorOf(ctx)),

  begin: procedure({
    access: 'user',
    description:
      'Begins to set up an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds). The secret has no effect until `secondFactor.confirm`. Refused with `CONFLICT` if the account has a second factor: remove that first.',
    shapes: { input: '`{ password }`', output: '`{ secret, uri }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'CONFLICT'],
    example: {
      input: { password: EXAMPLE_PASSWORD },
      output: {
        secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
        uri: 'otpauth://totp/Keyseal%20api.example.com:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP',
      },
    },
  })
    .input(PasswordInput)
    .output(Begun)
    .mutation(({ ctx, input }) => countFailuresByAddress(ctx, beginSecondFactor(ctx, input))),

  confirm: procedure({
    access: 'user',
    description:
      "Confirms the authenticator app with a code of it. From then on, signing in with the password also requires a code. The account's other sessions end, at once on every instance. Returns ten recovery codes, which work in place of codes if the app is lost.",
    shapes: { input: '`{ code }`', output: '`{ recoveryCodes }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'NOT_FOUND', 'CONFLICT'],
    example: { input: { code: '492039' }, output: EXAMPLE_RECOVERY },
  })
    .input(ConfirmInput)
    .output(RecoveryCodes)
    .mutation(({ ctx, input }) => countFailuresByAddress(ctx, confirmSecondFactor(ctx, input))),

  newRecoveryCodes: procedure({
    access: 'user',
    description:
      'Makes ten new recovery codes. All earlier ones stop working. Requires the password, and a code or a recovery code.',
    shapes: { input: '`{ password, code? }`', output: '`{ recoveryCodes }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'NOT_FOUND'],
    example: { input: { password: EXAMPLE_PASSWORD, code: '492039' }, output: EXAMPLE_RECOVERY },
  })
    .input(ProofInput)
    .output(RecoveryCodes)
    .mutation(({ ctx, input }) => countFailuresByAddress(ctx, newRecoveryCodesFor(ctx, input))),

  remove: procedure({
    access: 'user',
    description:
      'Removes the second factor and its recovery codes: sign-ins require only the password. Requires the password, and a code or a recovery code; a code that was used at a sign-in is not accepted again. Existing sessions continue.',
    shapes: { input: '`{ password, code? }`', output: '`{ }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'NOT_FOUND'],
    example: { input: { password: EXAMPLE_PASSWORD, code: '492039' }, output: {} },
  })
    .input(ProofInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await countFailuresByAddress(ctx, removeSecondFactor(ctx, input));
      return {};
    }),
} satisfies TRPCRouterRecord;
