import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { EXAMPLE_AT } from '../../lib/example-values.ts';
import { procedure } from '../../rpc/trpc.ts';
import { countFailuresByAddress } from '../count-failures-by-address.ts';
import { EXAMPLE_PASSWORD, EXAMPLE_SIGNED_IN } from '../examples.ts';
import { requirePublicOrigin } from '../refresh-cookie.ts';
import { signedIn } from '../signed-in.ts';
import { finishLink, listIdentities, startLink, unlink } from './link.ts';
import {
  FinishLinkOutput,
  FinishSignInInput,
  FinishSignInOutput,
  Identities,
  Started,
  StartLinkInput,
  StartSignInInput,
  UnlinkInput,
} from './schemas.ts';
import { finishSignIn, startFlow } from './sign-in.ts';

const EXAMPLE_IDENTITY_ID = 'idn_4fT9bQ2xZ7Lk';
const EXAMPLE_FLOW = '1.an-opaque-text-for-this-browser';
const EXAMPLE_STARTED = {
  url: 'https://id.example.com/auth?client_id=keyseal&response_type=code&state=3kQm…',
  flow: EXAMPLE_FLOW,
};
const EXAMPLE_RETURN = 'https://app.example.com/signed-in';
const EXAMPLE_CALLBACK = `${EXAMPLE_RETURN}?code=an-opaque-code&state=3kQm…`;

/** Signing in with an identity provider. */
export const signInRoutes = {
  startSignIn: procedure({
    access: 'public',
    description:
      'Begins a sign-in with an identity provider that the operator has configured: send the browser to `url`. `returnTo` is a path of the console, or the page of your own frontend, on an origin from which pages may call the API, to which the provider sends the browser back. Keep `flow` in that browser; with `cookie: true`, from a page of a public origin, it is in a cookie and `null` in the response. A flow is valid for ten minutes. With `fresh: true` the provider asks for a proof again, even if the person is signed in there, and the session counts as a fresh proof for dangerous changes. See [Identity providers](identity-provider.md).',
    shapes: { input: '`{ issuer, returnTo, cookie?, fresh? }`', output: '`{ url, flow }`' },
    refusals: ['ACCESS_DENIED', 'TOO_MANY_FAILURES'],
    example: { input: { issuer: 'company', returnTo: EXAMPLE_RETURN }, output: EXAMPLE_STARTED },
  })
    .input(StartSignInInput)
    .output(Started)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      return startFlow(ctx, input, null);
    }),

  finishSignIn: procedure({
    access: 'public',
    description:
      'Finishes a sign-in in the browser that began it, once: `url` is the whole URL to which the provider sent the browser back. Returns an ordinary session, as `auth.signIn` does. At the first sign-in it creates the account, if sign-up is open or a `join` rule matches, and the provider has verified the e-mail address. If an account already has that e-mail address, the call fails with `CONFLICT`: its owner links the two with `identities.startLink`. At each sign-in, the memberships that `join` rules gave follow the rules.',
    shapes: { input: '`{ url, flow?, cookie? }`', output: '`{ user, session, returnTo }`' },
    refusals: ['SIGN_IN_INVALID', 'ACCESS_DENIED', 'CONFLICT', 'RATE_LIMITED', 'TOO_MANY_FAILURES'],
    example: {
      input: { url: EXAMPLE_CALLBACK, flow: EXAMPLE_FLOW },
      output: { ...EXAMPLE_SIGNED_IN, returnTo: EXAMPLE_RETURN },
    },
  })
    .input(FinishSignInInput)
    .output(FinishSignInOutput)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      const { user, session, returnTo } = await finishSignIn(ctx, input);
      return { ...signedIn(ctx, user, session, input.cookie === true), returnTo };
    }),
} satisfies TRPCRouterRecord;

/** The identities of an account: the users of identity providers who may sign in to it. */
export const identityRoutes = {
  list: procedure({
    access: 'user',
    description:
      "Lists the identities that are linked to the caller's account, the identity providers with which people sign in, and whether the account has a password.",
    shapes: { input: '`{ }?`', output: '`{ items, issuers, hasPassword }`' },
    example: {
      input: {},
      output: {
        items: [
          {
            id: EXAMPLE_IDENTITY_ID,
            issuer: 'https://id.example.com',
            name: 'company',
            createdAt: EXAMPLE_AT,
            lastUsedAt: null,
          },
        ],
        issuers: [{ name: 'company', title: 'Example Company' }],
        hasPassword: true,
      },
    },
  })
    .input(z.strictObject({}).optional())
    .output(Identities)
    .query(({ ctx }) => listIdentities(ctx)),

  startLink: procedure({
    access: 'user',
    description:
      "Begins to link an identity to the caller's account, as `auth.startSignIn` begins a sign-in. An identity opens the account as its password does, so this requires the password and, if the account has a second factor, a code or a recovery code.",
    shapes: { input: '`{ issuer, returnTo, password, code?, cookie? }`', output: '`{ url, flow }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'ACCESS_DENIED'],
    example: {
      input: { issuer: 'company', returnTo: EXAMPLE_RETURN, password: EXAMPLE_PASSWORD },
      output: EXAMPLE_STARTED,
    },
  })
    .input(StartLinkInput)
    .output(Started)
    .mutation(async ({ ctx, input }) => {
      if (input.cookie) requirePublicOrigin(ctx);
      return countFailuresByAddress(ctx, startLink(ctx, input));
    }),

  finishLink: procedure({
    access: 'user',
    description:
      'Links the identity that the provider has confirmed. The person who began it must be signed in, in the same browser. Refused with `CONFLICT` if the identity is linked to an account already, or if the account has twenty.',
    shapes: { input: '`{ url, flow?, cookie? }`', output: '`{ returnTo }`' },
    refusals: ['SIGN_IN_INVALID', 'CONFLICT', 'TOO_MANY_FAILURES', 'ACCESS_DENIED'],
    example: {
      input: { url: EXAMPLE_CALLBACK, flow: EXAMPLE_FLOW },
      output: { returnTo: EXAMPLE_RETURN },
    },
  })
    .input(FinishSignInInput)
    .output(FinishLinkOutput)
    .mutation(({ ctx, input }) => finishLink(ctx, input)),

  unlink: procedure({
    access: 'user',
    description:
      'Unlinks an identity, and ends the sessions that began with it, at once on every instance. It requires the password: an account without one keeps its identities, since there is no other way to sign in. If the account has a second factor, it also requires a code or a recovery code.',
    shapes: { input: '`{ id, password, code? }`', output: '`{ }`' },
    refusals: ['CREDENTIALS_INVALID', 'TOO_MANY_FAILURES', 'NOT_FOUND'],
    example: { input: { id: EXAMPLE_IDENTITY_ID, password: EXAMPLE_PASSWORD }, output: {} },
  })
    .input(UnlinkInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await countFailuresByAddress(ctx, unlink(ctx, input));
      return {};
    }),
} satisfies TRPCRouterRecord;
