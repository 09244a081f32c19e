import { remember } from './admitted.ts';
import { type ExpressMiddleware, expressGuard } from './express.ts';
import { type FastifyHook, fastifyGuard } from './fastify.ts';
import { receiveFetch, toResponse, withBody } from './fetch.ts';
import { type HonoMiddleware, honoGuard } from './hono.ts';
import { type Admitted, RequestJudge } from './judge.ts';
import {
  type NodeRequest,
  type NodeResponse,
  onceClosed,
  onceEnded,
  receiveNode,
  writeNode,
} from './node.ts';
import type { GuardOptions, RouteRequirements } from './options.ts';
import { checkRequirements } from './requirements.ts';
import { onceRead } from './response-read.ts';

/** Puts Keyseal before the handlers of another service. Each method calls `verify` once, before the handler runs. */
export interface Guard {
  /** A handler of `node:http`. It receives the bytes: the request's body has been read. */
  node<Req extends NodeRequest, Res extends NodeResponse>(
    asked: RouteRequirements,
    handler: (request: Req, response: Res, admitted: Admitted) => unknown,
  ): (request: Req, response: Res) => Promise<void>;
  /** A handler of any runtime that implements fetch, and of Next's route handlers. */
  fetch<Rest extends unknown[]>(
    asked: RouteRequirements,
    handler: (request: Request, admitted: Admitted, ...rest: Rest) => Response | Promise<Response>,
  ): (request: Request, ...rest: Rest) => Promise<Response>;
  /** A middleware of Express, before every body parser: `body` is JSON, or the bytes. Then `admitted(request)`. */
  express(asked: RouteRequirements): ExpressMiddleware;
  /** A `preParsing` hook of Fastify. Then `admitted(request)`. */
  fastify(asked: RouteRequirements): FastifyHook;
  /** A middleware of Hono. Then `admitted(context)`. */
  hono(asked: RouteRequirements): HonoMiddleware;
}

/**
 * A guard that asks Keyseal about every request of another service. Only an explicit admission admits a caller: if Keyseal
 * does not answer, callers get 503 UNAVAILABLE, and `onError` receives the error.
 * @throws TypeError if an option is missing or malformed; the guard's methods throw it if `asked` is malformed
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
  const judge = new RequestJudge(options);
  const failed = (error: unknown) => {
    judge.report(error);
    return judge.refuse('INTERNAL');
  };
  return {
    node: (asked, handler) => {
      const checked = checkRequirements(asked);
      return async (request, response) => {
        const verdict = await judge.judge(() => receiveNode(request), checked);
        if ('refused' in verdict) return writeNode(request, response, verdict.refused);
        remember(request, verdict.admitted);
        try {
          const handled = handler(request, response, verdict.admitted);
          // Without a promise, only the end of the response shows that the handler has finished.
          if (!isThenable(handled)) return onceEnded(response, verdict.release);
          await handled;
        } catch (error) {
          writeNode(request, response, failed(error));
        }
        onceClosed(response, verdict.release);
      };
    },
    fetch: (asked, handler) => {
      const checked = checkRequirements(asked);
      return async (request, ...rest) => {
        const verdict = await judge.judge(() => receiveFetch(request), checked);
        if ('refused' in verdict) return toResponse(verdict.refused);
        const { admitted, release } = verdict;
        try {
          const response = await handler(withBody(request, admitted.body), admitted, ...rest);
          return admitted.body.byteLength > 0 ? onceRead(response, judge.minRate, release) : response;
        } catch (error) {
          release();
          throw error;
        }
      };
    },
    express: (asked) => expressGuard(judge, checkRequirements(asked)),
    fastify: (asked) => fastifyGuard(judge, checkRequirements(asked)),
    hono: (asked) => honoGuard(judge, checkRequirements(asked)),
  };
}

const isThenable = (value: unknown): boolean =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
