import type { Environment } from '../../shared/key-format.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Caller } from './caller.ts';

/** Refuses with ENVIRONMENT_DENIED a key of another environment than the one that is asked for. */
export function checkEnvironment(caller: Caller, environment: Environment): void {
  if (caller.kind === 'key' && caller.key.environment !== environment)
    throw new Refusal('ENVIRONMENT_DENIED');
}
