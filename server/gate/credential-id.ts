import type { Caller } from './caller.ts';

/** The id of the credential that a caller was admitted by: the key's, or the session's. */
export const credentialIdOf = (caller: Caller): string =>
  caller.kind === 'key' ? caller.key.id : caller.session.id;
