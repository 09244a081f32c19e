import { type FastifyHook, fastifyGuard } from '../fastify.ts';
import type { GuardOptions, RouteRequirements } from '../options.ts';
import { RequestVerifier } from '../request-verifier.ts';
import { checkRequirements } from '../requirements.ts';

export { admitted } from '../admitted.ts';

/**
 * Creates only the Fastify guard, so that a bundle contains no other framework's. The result is the method `fastify` of the
 * guard that `createGuard` returns.
 * @throws TypeError if an option is missing or malformed; the returned function, if the requirements are
 * @example
 * ```ts
 * import type { GuardOptions } from '@keyseal/client/guard';
 * import { admitted, createFastifyGuard } from '@keyseal/client/guard/fastify';
 * import fastify from 'fastify';
 *
 * export function shop(options: GuardOptions) {
 *   const guard = createFastifyGuard(options);
 *   return fastify().post('/orders', { preParsing: guard({ permission: 'orders:write' }) }, (request) => ({
 *     by: admitted(request).caller.key?.id,
 *   }));
 * }
 * ```
 */
export function createFastifyGuard(options: GuardOptions): (requirements: RouteRequirements) => FastifyHook {
  const verifier = new RequestVerifier(options);
  return (requirements) => fastifyGuard(verifier, checkRequirements(requirements));
}
