import type { SignParts } from './signature-headers.ts';

/** Makes an RFC 9421 signature. Loads the code at the first one, since most clients sign with `x-signature`. */
export const signStandardLazily: SignParts = async (...parts) =>
  (await import('./standard-signature.ts')).signStandard(...parts);
