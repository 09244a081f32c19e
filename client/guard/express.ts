import { firstGuard, rememberAdmitted } from './admitted.ts';
import {
  listedHeaders,
  type NodeRequest,
  type NodeResponse,
  receiveNode,
  whenHandlerEnded,
  writeNode,
} from './node.ts';
import type { RouteRequirements } from './options.ts';
import { replayBody } from './replay-body.ts';
import type { RequestVerifier } from './request-verifier.ts';

/** The properties of Express's request that the guard uses. */
type ExpressRequest = NodeRequest & { body?: unknown };
export type ExpressMiddleware = (
  request: ExpressRequest,
  response: NodeResponse,
  next: (error?: unknown) => void,
) => void;

export function expressGuard(verifier: RequestVerifier, requirements: RouteRequirements): ExpressMiddleware {
  const handle = async (...[request, response, next]: Parameters<ExpressMiddleware>): Promise<void> => {
    const verdict = await verifier.verify(
      firstGuard(request, () => receiveNode(request)),
      requirements,
    );
    if ('refused' in verdict) return writeNode(request, response, verdict.refused);
    const { body } = verdict.admitted;
    try {
      // A parser that follows still reads the bytes, and may replace this body.
      if (isJson(request) && body.byteLength > 0) request.body = parse(body);
    } catch {
      verdict.release();
      return writeNode(request, response, verifier.refuseBody(NOT_JSON));
    }
    whenHandlerEnded(response, verdict.release);
    try {
      replayBody(request, body);
      rememberAdmitted(request, verdict.admitted);
      next();
    } catch (error) {
      // Express catches what handlers throw; other frameworks with its middleware may not, and a rejection would end the process.
      verifier.report(error);
      writeNode(request, response, verifier.refuse('INTERNAL'));
    }
  };
  // No promise is returned: Restify continues with the next handler when one resolves, even after a refusal. Express ignores a
  // falsy error.
  return (request, response, next) =>
    void handle(request, response, next).catch((error) =>
      next(error instanceof Error ? error : new Error('the guard failed', { cause: error })),
    );
}

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

function isJson(request: NodeRequest): boolean {
  const listed = listedHeaders(request);
  const at = listed.findIndex((name, i) => i % 2 === 0 && name.toLowerCase() === 'content-type');
  return at >= 0 && JSON_TYPE.test(listed[at + 1] ?? '');
}

const NOT_JSON = 'is not JSON in UTF-8 (RFC 8259), as its content-type says';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
const parse = (body: Uint8Array): unknown => JSON.parse(UTF8.decode(body));
