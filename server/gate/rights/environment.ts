import type { Environment } from '../../../shared/key-format.ts';
import { Refusal } from '../../lib/refusal.ts';
import type { Caller } from '../caller/caller.ts';

/** @throws Refusal ENVIRONMENT_DENIED if the key belongs to another environment */
export function checkEnvironment(caller: Caller, environment: Environment): void {
  if (caller.kind === 'key' && caller.key.environment !== environment)
    throw new Refusal('ENVIRONMENT_DENIED');
}
