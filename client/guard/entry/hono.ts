import { type HonoMiddleware, honoGuard } from '../hono.ts';
import type { GuardOptions, RouteRequirements } from '../options.ts';
import { RequestVerifier } from '../request-verifier.ts';
import { checkRequirements } from '../requirements.ts';

export { admitted } from '../admitted.ts';

/**
 * Creates only the Hono guard, so that a bundle contains no other framework's. The result is the method `hono` of the
 * guard that `createGuard` returns.
 * @throws TypeError if an option is missing or malformed; the returned function, if the requirements are
 * @example
 * ```ts
 * import type { GuardOptions } from '@keyseal/client/guard';
 * import { admitted, createHonoGuard } from '@keyseal/client/guard/hono';
 * import { Hono } from 'hono';
 *
 * export function shop(options: GuardOptions) {
 *   const guard = createHonoGuard(options);
 *   return new Hono().post('/orders', guard({ permission: 'orders:write' }), (c) =>
 *     c.json({ by: admitted(c).caller.key?.id }),
 *   );
 * }
 * ```
 */
export function createHonoGuard(options: GuardOptions): (requirements: RouteRequirements) => HonoMiddleware {
  const verifier = new RequestVerifier(options);
  return (requirements) => honoGuard(verifier, checkRequirements(requirements));
}
