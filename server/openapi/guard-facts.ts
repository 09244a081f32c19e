import type { Access, ProcedureGuard } from '../../shared/guard.ts';
import type { GuardFacts } from '../rpc/api-document.ts';

/** Whether an API key may call. */
export const admitsKeys = (access: Access): boolean =>
  access !== 'public' && access !== 'session' && access !== 'user';

/** The requirements of a guard on its callers, with defaults filled in. */
export function guardFacts(guard: ProcedureGuard<string>): GuardFacts {
  const { access } = guard;
  return {
    access,
    permission: ('permission' in guard && guard.permission) || null,
    environment: ('environment' in guard && guard.environment) || null,
    cost: admitsKeys(access) ? (('cost' in guard ? guard.cost : undefined) ?? 1) : 0,
    stepUp: 'stepUp' in guard && guard.stepUp === true,
  };
}
