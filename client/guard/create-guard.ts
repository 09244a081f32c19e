import { type ExpressMiddleware, expressGuard } from './express.ts';
import { type FastifyHook, fastifyGuard } from './fastify.ts';
import { type FetchHandler, fetchHandler } from './fetch-handler.ts';
import { type HonoMiddleware, honoGuard } from './hono.ts';
import { type KoaMiddleware, koaGuard } from './koa.ts';
import type { NodeRequest, NodeResponse } from './node.ts';
import { type NodeHandler, nodeHandler } from './node-handler.ts';
import type { GuardOptions, RouteRequirements } from './options.ts';
import { RequestVerifier } from './request-verifier.ts';
import { checkRequirements } from './requirements.ts';

/** Verifies requests of another service with Keyseal. Each method calls `verify` once, before the handler runs. */
export interface Guard {
  /**
   * For `node:http` and `node:http2`. The handler receives the verified bytes, and can read them from the request too.
   */
  node<Req extends NodeRequest, Res extends NodeResponse>(
    requirements: RouteRequirements,
    handler: NodeHandler<Req, Res>,
  ): (request: Req, response: Res) => Promise<void>;
  /** For every runtime with the fetch standard, and for Next route handlers. */
  fetch<Req extends Request, Rest extends unknown[]>(
    requirements: RouteRequirements,
    handler: FetchHandler<Req, Rest>,
  ): (request: Req, ...rest: Rest) => Promise<Response>;
  /**
   * A middleware for Express, before every body parser. A JSON body is in `request.body`; a parser that follows reads the
   * verified bytes of any body. `admitted(request)` returns the caller.
   */
  express(requirements: RouteRequirements): ExpressMiddleware;
  /** A `preParsing` hook for Fastify. `admitted(request)` returns the caller. */
  fastify(requirements: RouteRequirements): FastifyHook;
  /** A middleware for Koa, before every body parser. `admitted(context)` returns the caller. */
  koa(requirements: RouteRequirements): KoaMiddleware;
  /** A middleware for Hono. `admitted(context)` returns the caller. */
  hono(requirements: RouteRequirements): HonoMiddleware;
}

/**
 * Creates a guard that verifies every request of another service with Keyseal. It admits only callers that Keyseal accepts:
 * if Keyseal does not respond, callers get 503 UNAVAILABLE, and `onError` receives the error.
 * @throws TypeError if an option is missing or malformed; the methods of the guard, if `requirements` are
 * @example
 * ```ts
 * import { createGuard } from '@keyseal/client/guard';
 *
 * const { KEYSEAL_API_KEY: apiKey = '', KEYSEAL_SIGNING_SECRET: signingSecret = '' } = process.env;
 * const guard = createGuard({
 *   url: 'https://api.example.com',
 *   apiKey,
 *   signingSecret,
 *   authority: 'shop.example.com',
 *   onError: (error) => console.error(error),
 * });
 * export const POST = guard.fetch({ permission: 'orders:write' }, async (request, { caller }) => {
 *   const { item } = await request.json();
 *   return Response.json({ item, by: caller.key?.id });
 * });
 * ```
 */
export function createGuard(options: GuardOptions): Guard {
  const verifier = new RequestVerifier(options);
  return {
    node: (requirements, handler) => nodeHandler(verifier, checkRequirements(requirements), handler),
    fetch: (requirements, handler) => fetchHandler(verifier, checkRequirements(requirements), handler),
    express: (requirements) => expressGuard(verifier, checkRequirements(requirements)),
    fastify: (requirements) => fastifyGuard(verifier, checkRequirements(requirements)),
    koa: (requirements) => koaGuard(verifier, checkRequirements(requirements)),
    hono: (requirements) => honoGuard(verifier, checkRequirements(requirements)),
  };
}
