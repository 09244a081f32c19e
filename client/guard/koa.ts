import { firstGuard, rememberAdmitted } from './admitted.ts';
import {
  afterClose,
  type NodeRequest,
  type NodeResponse,
  receiveNode,
  whenClosed,
  writeNode,
} from './node.ts';
import type { RouteRequirements } from './options.ts';
import { replayBody } from './replay-body.ts';
import type { RequestVerifier } from './request-verifier.ts';

/** The properties of Koa's context that the guard uses. */
interface KoaContext {
  readonly req: NodeRequest;
  readonly res: NodeResponse;
  /** The original target: Koa keeps it when a router or a mount changes `url`. */
  readonly originalUrl: string;
  /** False if Koa must not write a response itself. */
  respond?: boolean | undefined;
}
export type KoaMiddleware = (context: KoaContext, next: () => Promise<unknown>) => Promise<void>;

export function koaGuard(verifier: RequestVerifier, requirements: RouteRequirements): KoaMiddleware {
  return async (context, next) => {
    const { req, res, originalUrl } = context;
    const verdict = await verifier.verify(
      firstGuard(context, () => receiveNode(req, originalUrl)),
      requirements,
    );
    if ('refused' in verdict) {
      context.respond = false;
      return writeNode(req, res, verdict.refused);
    }
    replayBody(req, verdict.admitted.body);
    rememberAdmitted(context, verdict.admitted);
    const stop = afterClose(res, verdict.release);
    try {
      await next();
    } finally {
      stop();
      whenClosed(res, verdict.release);
    }
  };
}
