import { type KoaMiddleware, koaGuard } from '../koa.ts';
import type { GuardOptions, RouteRequirements } from '../options.ts';
import { RequestVerifier } from '../request-verifier.ts';
import { checkRequirements } from '../requirements.ts';

export { admitted } from '../admitted.ts';

/**
 * Creates only the Koa guard, so that a bundle contains no other framework's. The result is the method `koa` of the
 * guard that `createGuard` returns.
 * @throws TypeError if an option is missing or malformed; the returned function, if the requirements are
 * @example
 * ```ts
 * import type { GuardOptions } from '@keyseal/client/guard';
 * import { admitted, createKoaGuard } from '@keyseal/client/guard/koa';
 * import Koa from 'koa';
 *
 * export function shop(options: GuardOptions) {
 *   const guard = createKoaGuard(options);
 *   return new Koa().use(guard({ permission: 'orders:write' })).use((context) => {
 *     context.body = { by: admitted(context).caller.key?.id };
 *   });
 * }
 * ```
 */
export function createKoaGuard(options: GuardOptions): (requirements: RouteRequirements) => KoaMiddleware {
  const verifier = new RequestVerifier(options);
  return (requirements) => koaGuard(verifier, checkRequirements(requirements));
}
