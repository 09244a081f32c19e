import { firstGuard, rememberAdmitted } from './admitted.ts';
import { BodyAlreadyRead, BodyRefused } from './body-buffer.ts';
import { discardBody, receiveFetch, toResponse, withBody } from './fetch.ts';
import type { GuardResponse } from './guard-response.ts';
import { afterAbort } from './left-callers.ts';
import {
  afterClose,
  hasTrailers,
  lastOfConnection,
  listedHeaders,
  type NodeRequest,
  type NodeResponse,
  sentHeaders,
  whenClosed,
} from './node.ts';
import type { RouteRequirements } from './options.ts';
import { peerAddress } from './peer-address.ts';
import type { IncomingRequest } from './request-head.ts';
import type { RequestVerifier } from './request-verifier.ts';
import { whenRead } from './response-read.ts';

/** The properties of Hono's context that the guard uses. On Node, `env` has Node's own request and response. */
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

export function honoGuard(verifier: RequestVerifier, requirements: RouteRequirements): HonoMiddleware {
  return async (context, next) => {
    const verdict = await verifier.verify(
      firstGuard(context, () => receive(context)),
      requirements,
    );
    if ('refused' in verdict) {
      discardBody(context.req.raw);
      return respond(verdict.refused, (context.env as OnNode)?.incoming);
    }
    const { admitted, release } = verdict;
    const outgoing = (context.env as OnNode)?.outgoing;
    const stop = outgoing ? afterClose(outgoing, release) : afterAbort(context.req.raw, release);
    try {
      context.req.raw = withBody(context.req.raw, admitted.body);
      rememberAdmitted(context, admitted);
      await next();
      if (outgoing) whenClosed(outgoing, release);
      else if (admitted.body.byteLength > 0) context.res = whenRead(context.res, verifier.minRate, release);
      return undefined;
    } catch (error) {
      release();
      throw error;
    } finally {
      stop();
    }
  };
}

/** On Node the response ends after the request: Hono's server soon closes a connection whose response is written. */
function respond(refusal: GuardResponse, incoming: NodeRequest | undefined): Response {
  // Requests that are not Node's own have no `complete`, and no connection that would be cut.
  if (incoming?.complete !== false || incoming.destroyed) return toResponse(refusal);
  const bytes = new TextEncoder().encode(refusal.body);
  let end = () => {};
  const stop = () => {
    incoming.off('end', end);
    incoming.off('close', end);
  };
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes);
      end = () => {
        stop();
        controller.close();
      };
      incoming.on('end', end);
      incoming.on('close', end);
    },
    cancel: stop,
  });
  const headers = {
    ...refusal.headers,
    'content-length': String(bytes.byteLength),
    ...lastOfConnection(incoming),
  };
  return new Response(body, { status: refusal.status, headers });
}

function receive({ req, env }: HonoContext): IncomingRequest {
  if (Object.keys(req.bodyCache).length > 0) throw new BodyAlreadyRead();
  const { head, read } = receiveFetch(req.raw);
  const incoming = (env as OnNode)?.incoming;
  if (!incoming) return { head, read };
  const { url = '', httpVersion, socket } = incoming;
  const headers = sentHeaders(listedHeaders(incoming));
  return {
    head: {
      ...head,
      httpVersion,
      target: url,
      otherTargets: () => [],
      headers,
      peer: peerAddress(socket),
    },
    read: async (body, minRate) => {
      await read(body, minRate);
      // The fetch standard does not expose trailers.
      if (hasTrailers(incoming)) throw new BodyRefused('REQUEST_MALFORMED');
    },
  };
}
