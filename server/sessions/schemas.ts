import { z } from 'zod';
import { Id } from '../lib/schemas.ts';
import { SIGNATURE_ALGORITHMS } from '../lib/signature-algorithms.ts';
import { SignatureView } from '../lib/signature-view.ts';

const Session = z.object({
  id: z.string(),
  createdAt: z.string(),
  refreshedAt: z.string(),
  address: z
    .string()
    .nullable()
    .describe('The IP address from which the session began; null if it is not known.'),
  userAgent: z
    .string()
    .nullable()
    .describe('The client with which the session began; null if it is not known.'),
  current: z.boolean().describe('Whether it is the calling session.'),
  signature: SignatureView,
});

export const ListSessionsInput = z.strictObject({}).optional();
export const ListSessionsOutput = z.object({ items: z.array(Session) });

/** One session, all but the caller's, or all. */
export const RevokeSessionsInput = z
  .strictObject({
    id: Id.optional(),
    others: z.literal(true).optional(),
    all: z.literal(true).optional(),
  })
  .refine(
    (input) => Object.values(input).filter((value) => value !== undefined).length === 1,
    'must be one of id, others and all',
  );
export const SetPublicKeyOutput = z.object({
  signature: z
    .object({ algorithm: z.enum(SIGNATURE_ALGORITHMS), thumbprint: z.string() })
    .describe('What the session now signs with: `thumbprint` is that of the public key (RFC 7638).'),
  responseKeys: z
    .object({ keys: z.array(z.record(z.string(), z.string())) })
    .describe('The keys by which the service signs (a JWKS): they prove its clock to the session.'),
});

export const RevokeSessionsOutput = z.object({ ended: z.int() });
