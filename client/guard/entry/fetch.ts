import { type FetchHandler, fetchHandler } from '../fetch-handler.ts';
import type { GuardOptions, RouteRequirements } from '../options.ts';
import { RequestVerifier } from '../request-verifier.ts';
import { checkRequirements } from '../requirements.ts';

/**
 * Creates only the guard for the fetch standard, so that a bundle contains no framework. The result is the method `fetch` of
 * the guard that `createGuard` returns.
 * @throws TypeError if an option is missing or malformed; the returned function, if the requirements are
 * @example
 * ```ts
 * import type { GuardOptions } from '@keyseal/client/guard';
 * import { createFetchGuard } from '@keyseal/client/guard/fetch';
 *
 * export function orders(options: GuardOptions) {
 *   return createFetchGuard(options)({ permission: 'orders:write' }, (_request, { caller }) =>
 *     Response.json({ by: caller.key?.id }),
 *   );
 * }
 * ```
 */
export function createFetchGuard(
  options: GuardOptions,
): <Req extends Request, Rest extends unknown[]>(
  requirements: RouteRequirements,
  handler: FetchHandler<Req, Rest>,
) => (request: Req, ...rest: Rest) => Promise<Response> {
  const verifier = new RequestVerifier(options);
  return (requirements, handler) => fetchHandler(verifier, checkRequirements(requirements), handler);
}
