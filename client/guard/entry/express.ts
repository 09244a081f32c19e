import { type ExpressMiddleware, expressGuard } from '../express.ts';
import type { GuardOptions, RouteRequirements } from '../options.ts';
import { RequestVerifier } from '../request-verifier.ts';
import { checkRequirements } from '../requirements.ts';

export { admitted } from '../admitted.ts';

/**
 * Creates only the Express guard, so that a bundle contains no other framework's. The result is the method `express` of the
 * guard that `createGuard` returns.
 * @throws TypeError if an option is missing or malformed; the returned function, if the requirements are
 * @example
 * ```ts
 * import type { GuardOptions } from '@keyseal/client/guard';
 * import { admitted, createExpressGuard } from '@keyseal/client/guard/express';
 * import express from 'express';
 *
 * export function shop(options: GuardOptions) {
 *   const guard = createExpressGuard(options);
 *   return express().post('/orders', guard({ permission: 'orders:write' }), (request, response) => {
 *     response.json({ by: admitted(request).caller.key?.id });
 *   });
 * }
 * ```
 */
export function createExpressGuard(
  options: GuardOptions,
): (requirements: RouteRequirements) => ExpressMiddleware {
  const verifier = new RequestVerifier(options);
  return (requirements) => expressGuard(verifier, checkRequirements(requirements));
}
