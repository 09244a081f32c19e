import { remember } from './admitted.ts';
import { receiveFetch, toResponse, withBody } from './fetch.ts';
import type { Asked, Judge } from './judge.ts';
import { type NodeRequest, pairs } from './node.ts';
import { BodyAlreadyRead, type Received } from './received.ts';

/** What is used of Hono. On Node, `env.incoming` is the request as the parser left it. */
interface HonoContext {
  readonly req: { raw: Request; readonly bodyCache: object };
  readonly env: unknown;
}
export type HonoMiddleware = (
  context: HonoContext,
  next: () => Promise<void>,
  // biome-ignore lint/suspicious/noConfusingVoidType: Hono's own word for "went on"
) => Promise<Response | void>;

export function honoGuard(judge: Judge, asked: Asked): HonoMiddleware {
  return async (context, next) => {
    const verdict = await judge.judge(() => receive(context, judge), asked);
    if ('refused' in verdict) return toResponse(verdict.refused);
    context.req.raw = withBody(context.req.raw, verdict.admitted.body);
    remember(context, verdict.admitted);
    await next();
    return undefined;
  };
}

async function receive({ req, env }: HonoContext, judge: Judge): Promise<Received> {
  if (Object.keys(req.bodyCache).length > 0) throw new BodyAlreadyRead();
  const received = await receiveFetch(req.raw, judge);
  const incoming = (env as { incoming?: NodeRequest } | null)?.incoming;
  if (!incoming) return received;
  const { url = '', rawHeaders, socket } = incoming;
  return { ...received, target: url, headers: pairs(rawHeaders), address: socket.remoteAddress ?? null };
}
