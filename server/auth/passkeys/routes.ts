import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { procedure } from '../../rpc/trpc.ts';
import { countFailuresByAddress } from '../count-failures-by-address.ts';
import { EXAMPLE_PASSWORD, EXAMPLE_SIGNED_IN } from '../examples.ts';
import { requirePublicOrigin } from '../refresh-cookie.ts';
import { SignedIn } from '../schemas.ts';
import { signedIn } from '../signed-in.ts';
import {
  EXAMPLE_ASSERTION,
  EXAMPLE_CHALLENGE,
  EXAMPLE_CREATION,
  EXAMPLE_PASSKEY,
  EXAMPLE_REGISTRATION,
  EXAMPLE_REQUEST,
} from './examples.ts';
import { listPasskeys, removePasskey, renamePasskey, viewOfPasskey } from './manage.ts';
import { registerPasskey, startRegistration } from './registration.ts';
import {
  OnePasskey,
  Passkeys,
  RegisterInput,
  RemovePasskeyInput,
  RenamePasskeyInput,
  SignInWithPasskeyInput,
  StartedPasskeySignIn,
  StartedRegistration,
  StartPasskeySignInInput,
  StartRegistrationInput,
} from './schemas.ts';
import { signInWithPasskey, startPasskeySignIn } from './sign-in.ts';

/** Signing in by a passkey. */
export const passkeySignInRoutes = {
  startPasskeySignIn: procedure({
    access: 'public',
    description:
      'Begins a sign-in by a passkey: pass `options` to the browser, and its response with `challenge` to `auth.signInWithPasskey`. It names no account and no passkey: the device offers those that it has. With `cookie: true`, from a page of a public origin, the challenge is valid in that browser only.',
    shapes: { input: '`{ cookie? }?`', output: '`{ challenge, options }`' },
    refusals: ['ACCESS_DENIED', 'TOO_MANY_FAILURES'],
    example: { input: {}, output: { challenge: EXAMPLE_CHALLENGE, options: EXAMPLE_REQUEST } },
  })
    .input(StartPasskeySignInInput)
    .output(StartedPasskeySignIn)
    .mutation(({ ctx, input }) => {
      const cookie = input?.cookie === true;
      if (cookie) requirePublicOrigin(ctx);
      return startPasskeySignIn(ctx, cookie);
    }),

  signInWithPasskey: procedure({
    access: 'public',
    description:
      'Finishes a sign-in by a passkey, once, within five minutes: begins an ordinary session, as `auth.signIn` does. The device must have verified its user (PIN, fingerprint, face), so no code of a second factor is required. An unknown passkey, a wrong response and a disabled account are all refused with `CREDENTIALS_INVALID`. A passkey whose counter does not grow may have been copied: it is refused and disabled, and the audit log records it. If the challenge is no longer valid, the call is refused with `SIGN_IN_INVALID`: begin again.',
    shapes: { input: '`{ challenge, response, cookie? }`', output: '`{ user, session }`' },
    refusals: ['CREDENTIALS_INVALID', 'SIGN_IN_INVALID', 'TOO_MANY_FAILURES', 'ACCESS_DENIED'],
    example: {
      input: { challenge: EXAMPLE_CHALLENGE, response: EXAMPLE_ASSERTION },
      output: EXAMPLE_SIGNED_IN,
    },
  })
    .input(SignInWithPasskeyInput)
    .output(SignedIn)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      const { user, session } = await signInWithPasskey(ctx, input);
      return signedIn(ctx, user, session, input.cookie === true);
    }),
} satisfies TRPCRouterRecord;

/** The passkeys of the caller's account. */
export const passkeyRoutes = {
  list: procedure({
    access: 'user',
    description: "Lists the passkeys of the caller's account, the oldest first.",
    shapes: { input: '`{ }?`', output: '`{ items }`' },
    example: { input: {}, output: { items: [EXAMPLE_PASSKEY] } },
  })
    .input(z.strictObject({}).optional())
    .output(Passkeys)
    .query(({ ctx }) => listPasskeys(ctx)),

  startRegistration: procedure({
    access: 'user',
    description:
      'Begins to register a passkey: pass `options` to the browser, and its response with `challenge` to `passkeys.register`, in the same session, within five minutes. A passkey by itself signs in to the account, so this requires the password and, if the account has a second factor, a code or a recovery code. An account without a password, which an identity provider created, cannot have passkeys. Refused with `CONFLICT` if the account has twenty.',
    shapes: { input: '`{ password, code? }`', output: '`{ challenge, options }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'CONFLICT', 'ACCESS_DENIED'],
    example: {
      input: { password: EXAMPLE_PASSWORD },
      output: { challenge: EXAMPLE_CHALLENGE, options: EXAMPLE_CREATION },
    },
  })
    .input(StartRegistrationInput)
    .output(StartedRegistration)
    .mutation(({ ctx, input }) => countFailuresByAddress(ctx, startRegistration(ctx, input))),

  register: procedure({
    access: 'user',
    description:
      'Stores the passkey that the device has made, under a name. Refused with `CONFLICT` if an account has this passkey already, or if the caller has twenty.',
    shapes: { input: '`{ challenge, response, name }`', output: '`{ passkey }`' },
    refusals: ['SIGN_IN_INVALID', 'CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'CONFLICT'],
    example: {
      input: { challenge: EXAMPLE_CHALLENGE, response: EXAMPLE_REGISTRATION, name: EXAMPLE_PASSKEY.name },
      output: { passkey: EXAMPLE_PASSKEY },
    },
  })
    .input(RegisterInput)
    .output(OnePasskey)
    .mutation(async ({ ctx, input }) => ({
      passkey: viewOfPasskey(await countFailuresByAddress(ctx, registerPasskey(ctx, input))),
    })),

  rename: procedure({
    access: 'user',
    description: "Renames a passkey of the caller's account.",
    shapes: { input: '`{ id, name }`', output: '`{ passkey }`' },
    refusals: ['NOT_FOUND'],
    example: {
      input: { id: EXAMPLE_PASSKEY.id, name: EXAMPLE_PASSKEY.name },
      output: { passkey: EXAMPLE_PASSKEY },
    },
  })
    .input(RenamePasskeyInput)
    .output(OnePasskey)
    .mutation(async ({ ctx, input }) => ({ passkey: viewOfPasskey(await renamePasskey(ctx, input)) })),

  remove: procedure({
    access: 'user',
    description:
      'Removes a passkey, and ends the other sessions that began with it, at once on every instance. Requires the password and, if the account has a second factor, a code or a recovery code.',
    shapes: { input: '`{ id, password, code? }`', output: '`{ }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'NOT_FOUND'],
    example: { input: { id: EXAMPLE_PASSKEY.id, password: EXAMPLE_PASSWORD }, output: {} },
  })
    .input(RemovePasskeyInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await countFailuresByAddress(ctx, removePasskey(ctx, input));
      return {};
    }),
} satisfies TRPCRouterRecord;
