import type { SignParts } from './signature-headers.ts';

/** Signs as RFC 9421 specifies. It loads the code at the first signature, since most clients sign with `x-signature`. */
export const signStandardLazily: SignParts = async (...parts) =>
  (await import('./standard-signature.ts')).signStandard(...parts);
