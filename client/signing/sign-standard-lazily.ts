import type { SignParts } from './signature-headers.ts';

/** Signs as RFC 9421 says. It loads its code with the first signature: most clients sign by `x-signature`. */
export const signStandardLazily: SignParts = async (...parts) =>
  (await import('./standard-signature.ts')).signStandard(...parts);
