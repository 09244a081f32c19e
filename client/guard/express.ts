import { remember } from './admitted.ts';
import type { RequestJudge } from './judge.ts';
import { type NodeRequest, type NodeResponse, onceEnded, receiveNode, writeNode } from './node.ts';
import type { RouteRequirements } from './options.ts';

/** The members of Express's request that the guard uses. */
type ExpressRequest = NodeRequest & { body?: unknown; _body?: boolean };
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => Promise<void>;

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

export function expressGuard(judge: RequestJudge, asked: RouteRequirements): ExpressMiddleware {
  return async (request, response, next) => {
    const verdict = await judge.judge(() => receiveNode(request), asked);
    if ('refused' in verdict) return writeNode(request, response, verdict.refused);
    const { body } = verdict.admitted;
    const type = headerOf(request, 'content-type');
    try {
      request.body = JSON_TYPE.test(type) && body.byteLength > 0 ? parse(body) : body;
    } catch {
      verdict.release();
      return writeNode(request, response, judge.refuse('INPUT_INVALID'));
    }
    onceEnded(response, verdict.release);
    // Later body parsers leave it unchanged.
    request._body = true;
    remember(request, verdict.admitted);
    next();
  };
}

function headerOf({ rawHeaders }: NodeRequest, wanted: string): string {
  const at = rawHeaders.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === wanted);
  return at < 0 ? '' : (rawHeaders[at + 1] ?? '');
}

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const parse = (body: Uint8Array): unknown => JSON.parse(UTF8.decode(body));
