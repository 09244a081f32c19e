import { type FairnessKey, workspaceKey } from '../../shared/fairness/fairness-key.ts';
import type { Caller } from './caller.ts';

/** The id of the credential that admitted a caller: the key's or the session's. */
const credentialIdOf = (caller: Caller): string =>
  caller.kind === 'key' ? caller.key.id : caller.session.id;

/** The fairness key that pays for a caller's work. */
export const callerFairnessKey = (caller: Caller): FairnessKey =>
  workspaceKey(caller.workspaceId, credentialIdOf(caller));
