import { z } from 'zod';
import { Id, Text } from '../../lib/schemas.ts';
import { SignedIn } from '../schemas.ts';
import { ProofInput } from '../second-factor/schemas.ts';

const Cookie = z
  .boolean()
  .optional()
  .describe('True on a page of a public origin: the flow goes into a cookie instead of the response.');

const StartFlowInput = z.strictObject({
  issuer: Text.min(1).max(32).describe('The `name` of the issuer in `KEYSEAL_ISSUERS`.'),
  returnTo: Text.min(1)
    .max(1000)
    .describe('A path of the console, or the page of a frontend that finishes the sign-in itself.'),
  cookie: Cookie,
});
export const StartSignInInput = StartFlowInput.extend({
  fresh: z
    .boolean()
    .optional()
    .describe('True makes the provider ask for a proof again, even if the person is signed in there.'),
});
export type StartSignInInput = z.infer<typeof StartSignInInput>;

export const StartLinkInput = StartFlowInput.extend(ProofInput.shape);
export type StartLinkInput = z.infer<typeof StartLinkInput>;

export const Started = z.object({
  url: z.string().describe('The page of the provider: send the browser there.'),
  flow: z
    .string()
    .nullable()
    .describe('Keep it in this browser until the provider sends it back. Null if it is in a cookie.'),
});

export const FinishSignInInput = z.strictObject({
  url: Text.min(1).max(8192).describe('The whole URL to which the provider sent the browser back.'),
  flow: Text.max(8192).optional().describe('As the first step returned it, unless it is in a cookie.'),
  cookie: z.boolean().optional(),
});
export type FinishSignInInput = z.infer<typeof FinishSignInInput>;

export const FinishSignInOutput = SignedIn.extend({ returnTo: z.string() });
export const FinishLinkOutput = z.object({ returnTo: z.string() });

export const UnlinkInput = ProofInput.extend({ id: Id });

export const Identities = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      issuer: z.string().describe('The claim `iss`.'),
      name: z.string().nullable().describe('The name of the issuer; null if it is no longer configured.'),
      createdAt: z.string(),
      lastUsedAt: z.string().nullable(),
    }),
  ),
  issuers: z
    .array(z.object({ name: z.string(), title: z.string() }))
    .describe('The issuers with which people sign in.'),
  hasPassword: z.boolean(),
});
