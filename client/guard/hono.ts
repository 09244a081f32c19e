import { remember } from './admitted.ts';
import { BodyAlreadyRead, BodyRefused } from './body-buffer.ts';
import { receiveFetch, toResponse, withBody } from './fetch.ts';
import type { RequestJudge } from './judge.ts';
import { type NodeRequest, type NodeResponse, onceClosed, pairs } from './node.ts';
import type { RouteRequirements } from './options.ts';
import type { IncomingRequest } from './request-head.ts';
import { onceRead } from './response-read.ts';

/** The members of Hono's context that the guard uses. On Node, `env` has Node's own request and response. */
interface HonoContext {
  readonly req: { raw: Request; readonly bodyCache: object };
  readonly env: unknown;
  res: Response;
}
export type HonoMiddleware = (
  context: HonoContext,
  next: () => Promise<void>,
  // biome-ignore lint/suspicious/noConfusingVoidType: Hono's own type for "continued"
) => Promise<Response | void>;

type OnNode = { readonly incoming?: NodeRequest; readonly outgoing?: NodeResponse } | null;

export function honoGuard(judge: RequestJudge, asked: RouteRequirements): HonoMiddleware {
  return async (context, next) => {
    const verdict = await judge.judge(() => receive(context), asked);
    if ('refused' in verdict) return toResponse(verdict.refused);
    const { admitted, release } = verdict;
    try {
      context.req.raw = withBody(context.req.raw, admitted.body);
      remember(context, admitted);
      await next();
      const outgoing = (context.env as OnNode)?.outgoing;
      if (outgoing) onceClosed(outgoing, release);
      else if (admitted.body.byteLength > 0) context.res = onceRead(context.res, judge.minRate, release);
      return undefined;
    } catch (error) {
      release();
      throw error;
    }
  };
}

function receive({ req, env }: HonoContext): IncomingRequest {
  if (Object.keys(req.bodyCache).length > 0) throw new BodyAlreadyRead();
  const { head, read } = receiveFetch(req.raw);
  const incoming = (env as OnNode)?.incoming;
  if (!incoming) return { head, read };
  const { url = '', httpVersion, rawHeaders, socket } = incoming;
  const headers = pairs(rawHeaders);
  return {
    head: { ...head, httpVersion, target: url, headers, peer: socket.remoteAddress ?? null },
    read: async (body, minRate) => {
      await read(body, minRate);
      // The fetch standard does not expose trailers.
      if (incoming.rawTrailers.length > 0) throw new BodyRefused('REQUEST_MALFORMED');
    },
  };
}
