import type { NodeRequest, NodeResponse } from '../node.ts';
import { type NodeHandler, nodeHandler } from '../node-handler.ts';
import type { GuardOptions, RouteRequirements } from '../options.ts';
import { RequestVerifier } from '../request-verifier.ts';
import { checkRequirements } from '../requirements.ts';

export { admitted } from '../admitted.ts';

/**
 * Creates only the guard for `node:http` and `node:http2`, so that a bundle contains no framework. The result is the method
 * `node` of the guard that `createGuard` returns.
 * @throws TypeError if an option is missing or malformed; the returned function, if the requirements are
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import type { GuardOptions } from '@keyseal/client/guard';
 * import { createNodeGuard } from '@keyseal/client/guard/node';
 *
 * export function shop(options: GuardOptions) {
 *   const guard = createNodeGuard(options);
 *   return createServer(
 *     guard({ permission: 'orders:write' }, (_request, response, { caller }) => response.end(caller.key?.id)),
 *   );
 * }
 * ```
 */
export function createNodeGuard(
  options: GuardOptions,
): <Req extends NodeRequest, Res extends NodeResponse>(
  requirements: RouteRequirements,
  handler: NodeHandler<Req, Res>,
) => (request: Req, response: Res) => Promise<void> {
  const verifier = new RequestVerifier(options);
  return (requirements, handler) => nodeHandler(verifier, checkRequirements(requirements), handler);
}
