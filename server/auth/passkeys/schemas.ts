import { z } from 'zod';
import { Id, Name, Text } from '../../lib/schemas.ts';
import { ProofInput } from '../second-factor/schemas.ts';
import { TRANSPORTS } from './options.ts';

const base64url = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[A-Za-z0-9_-]*$/, 'must be base64url');

const Challenge = Text.min(1).max(2048);

/** What browsers add to their responses in later versions is ignored, as the standard requires of servers. */
const Credential = z.object({
  /** At most 1,023 bytes (WebAuthn §4). */
  id: base64url(1364),
  rawId: base64url(1364),
  type: z.literal('public-key'),
});

const RegistrationResponse = Credential.extend({
  response: z.object({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(16_384),
    transports: z.array(Text.max(32)).max(16).optional(),
  }),
});
export type RegistrationResponse = z.infer<typeof RegistrationResponse>;

const AssertionResponse = Credential.extend({
  response: z.object({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(4096),
    signature: base64url(4096),
    userHandle: base64url(128).optional(),
  }),
});
export type AssertionResponse = z.infer<typeof AssertionResponse>;

const Verification = z.literal('required');
const Type = z.literal('public-key');

const RequestOptions = z
  .object({
    challenge: z.string(),
    rpId: z.string(),
    timeout: z.number().int(),
    userVerification: Verification,
  })
  .describe('For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`.');

const CreationOptions = z
  .object({
    challenge: z.string(),
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: z.string(), name: z.string(), displayName: z.string() }),
    pubKeyCredParams: z.array(z.object({ alg: z.number().int(), type: Type })),
    timeout: z.number().int(),
    attestation: z.literal('none'),
    excludeCredentials: z.array(
      z.object({ id: z.string(), type: Type, transports: z.array(z.enum(TRANSPORTS)) }),
    ),
    authenticatorSelection: z.object({
      residentKey: z.literal('required'),
      requireResidentKey: z.boolean(),
      userVerification: Verification,
    }),
  })
  .describe('For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`.');

export const StartPasskeySignInInput = z
  .strictObject({
    cookie: z
      .boolean()
      .optional()
      .describe('True on a page of a public origin: the challenge is then valid in this browser only.'),
  })
  .optional();

export const StartedPasskeySignIn = z.object({
  challenge: z.string().describe('For `auth.signInWithPasskey`, within five minutes.'),
  options: RequestOptions,
});

export const SignInWithPasskeyInput = z.strictObject({
  challenge: Challenge.describe('From `auth.startPasskeySignIn`.'),
  response: AssertionResponse.describe('What `toJSON()` of the browser’s response returns.'),
  cookie: z.boolean().optional(),
});
export type SignInWithPasskeyInput = z.infer<typeof SignInWithPasskeyInput>;

export const StartRegistrationInput = ProofInput;

export const StartedRegistration = z.object({
  challenge: z.string().describe('For `passkeys.register`, within five minutes.'),
  options: CreationOptions,
});

export const RegisterInput = z.strictObject({
  challenge: Challenge.describe('From `passkeys.startRegistration`.'),
  response: RegistrationResponse.describe('What `toJSON()` of the browser’s response returns.'),
  name: Name,
});
export type RegisterInput = z.infer<typeof RegisterInput>;

export const RenamePasskeyInput = z.strictObject({ id: Id, name: Name });
export const RemovePasskeyInput = ProofInput.extend({ id: Id });

const PasskeyView = z.object({
  id: z.string(),
  name: z.string(),
  backedUp: z
    .boolean()
    .describe(
      'Whether it is backed up, for example by a password manager, so that it survives the loss of the device.',
    ),
  createdAt: z.string(),
  lastUsedAt: z.string().nullable(),
  disabledAt: z
    .string()
    .nullable()
    .describe('When a sign-in showed that a copy of it may exist; since then it has not been accepted.'),
});

export const OnePasskey = z.object({ passkey: PasskeyView });
export const Passkeys = z.object({ items: z.array(PasskeyView) });
