import { z } from 'zod';
import { Email, Id, LinkToken, Name, SecretText, Text } from '../lib/schemas.ts';

/** 12 characters to 1,024 bytes of UTF-8: nothing is truncated or normalized. */
const Password = SecretText.refine(
  (text) => [...text].length >= 12,
  'must have at least 12 characters',
).refine((text) => Buffer.byteLength(text) <= 1024, 'must have at most 1024 bytes');

export const SignUpInput = z
  .strictObject({
    email: Email,
    password: Password,
    name: Name.optional(),
    setupToken: Text.max(200).optional(),
    invitationToken: LinkToken.optional().describe('The token of an invitation to this e-mail address.'),
    cookie: z
      .boolean()
      .optional()
      .describe('True in a browser: the refresh token goes into a cookie instead of the response.'),
  })
  .refine(
    ({ setupToken, invitationToken }) => setupToken === undefined || invitationToken === undefined,
    'must not have both a set-up token and an invitation',
  );
export type SignUpInput = z.infer<typeof SignUpInput>;

/** Any string: one that could not be a password is simply wrong. */
const ShownPassword = SecretText.max(1024);

export const SignInInput = z.strictObject({
  email: Email,
  password: ShownPassword,
  cookie: z.boolean().optional(),
});
export type SignInInput = z.infer<typeof SignInInput>;

export const RefreshInput = z.strictObject({ refreshToken: Text.min(1).max(500).optional() }).optional();

export const SignOutInput = z
  .strictObject({
    returnTo: Text.min(1)
      .max(1000)
      .optional()
      .describe(
        'Where the browser returns from an identity provider: a path of the console, or a page of a frontend.',
      ),
  })
  .optional();
export const SignOutOutput = z.object({
  endSession: z
    .object({
      url: z
        .string()
        .describe('The page of the provider that ends the session there: send the browser to it.'),
      state: z
        .string()
        .describe('The provider repeats it in the parameter `state` when the browser returns.'),
    })
    .nullable()
    .describe('Null if there is no session to end at a provider.'),
});

export const ChangePasswordInput = z.strictObject({ currentPassword: ShownPassword, newPassword: Password });
export const DeleteAccountInput = z.strictObject({ password: ShownPassword });
export const CreateResetInput = z.strictObject({ userId: Id });
export const CreateResetOutput = z.object({
  token: z.string().describe('Shown only here.'),
  expiresAt: z.string(),
});
export const ResetInput = z.strictObject({ token: LinkToken, newPassword: Password });

const User = z.object({ id: z.string(), email: z.string(), name: z.string(), createdAt: z.string() });

export const UpdateProfileInput = z.strictObject({ name: Name });
export const UpdateProfileOutput = z.object({ user: User });

const Refreshed = z.object({
  id: z.string(),
  accessToken: z.string(),
  accessTokenExpiresAt: z.string(),
  refreshToken: z.string().nullable().describe('Null if it is in a cookie.'),
});

/** A new session. */
const Session = Refreshed.extend({ signingSecret: z.string().describe('Shown only here.') });

export const SignedIn = z.object({ user: User, session: Session });

/**
 * The password is correct, and the account has a second factor. `next` is never `passkey`: a passkey is two factors by itself,
 * and signs in without a password (`auth.startPasskeySignIn`).
 */
const CodeDue = z.object({
  next: z.literal('totp'),
  challenge: z.string().describe('For `auth.signInWithCode`, within five minutes.'),
});
export const SignInOutput = z.union([SignedIn, CodeDue]);
export const RefreshOutput = z.object({ session: Refreshed });
