import { z } from 'zod';
import { SecretText, Text } from '../../lib/schemas.ts';

/** Six digits, or a recovery code; spaces and hyphens do not matter. */
const Code = Text.min(1).max(64);

export const SignInWithCodeInput = z.strictObject({
  challenge: Text.min(1).max(2048).describe('From `auth.signIn`.'),
  code: Code.describe('A code from the authenticator app, or a recovery code.'),
  cookie: z.boolean().optional(),
});

export const PasswordInput = z.strictObject({ password: SecretText.max(1024) });
/** A user's password and, once a second factor is confirmed, one of its codes. */
export const ProofInput = PasswordInput.extend({
  code: Code.optional().describe(
    'A code from the authenticator app, or a recovery code; required with a second factor.',
  ),
});
export const ConfirmInput = z.strictObject({ code: Code });

export const SecondFactorState = z.object({
  confirmedAt: z.string().nullable().describe('Null if sign-ins require only the password.'),
  recoveryCodesLeft: z.number().int(),
});

export const Proven = z.object({ provenAt: z.string() });

export const Begun = z.object({
  secret: z.string().describe('In base 32, for an app that cannot read the URI.'),
  uri: z.string().describe('The `otpauth:` URI, usually shown as a QR code.'),
});

export const RecoveryCodes = z.object({
  recoveryCodes: z.array(z.string()).describe('Each works once. Shown only here.'),
});
