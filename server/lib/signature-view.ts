import { z } from 'zod';
import type { RegisteredPublicKey } from '../../shared/public-key.ts';
import { SIGNATURE_ALGORITHMS } from './signature-algorithms.ts';

/** What a key or a session signs with, as shown in its view. */
export const SignatureView = z
  .object({ algorithm: z.enum(SIGNATURE_ALGORITHMS), thumbprint: z.string().nullable() })
  .describe(
    'What its signatures are made with. `thumbprint` is that of the public key (RFC 7638), null for a signing secret.',
  );

/** @param publicKey null if it has a signing secret */
export const signatureViewOf = (publicKey: RegisteredPublicKey | null): z.infer<typeof SignatureView> => ({
  algorithm: publicKey?.algorithm ?? 'hmac-sha256',
  thumbprint: publicKey?.thumbprint ?? null,
});
