import { firstGuard, rememberAdmitted } from './admitted.ts';
import type { GuardResponse } from './guard-response.ts';
import {
  lastOfConnection,
  type NodeRequest,
  type NodeResponse,
  receiveNode,
  whenBodyDiscarded,
  whenHandlerEnded,
} from './node.ts';
import type { RouteRequirements } from './options.ts';
import { replayBody } from './replay-body.ts';
import type { RequestVerifier } from './request-verifier.ts';

/** The properties of Fastify's request that the guard uses. */
interface FastifyRequest {
  readonly raw: NodeRequest;
}
interface FastifyReply {
  readonly raw: Pick<
    NodeResponse,
    'closed' | 'req' | 'destroyed' | 'stream' | 'writableEnded' | 'off' | 'once' | 'end'
  >;
  code(status: number): FastifyReply;
  headers(values: Record<string, string>): FastifyReply;
  send(body: unknown): FastifyReply;
}
/** A `preParsing` hook. After a refusal it returns the reply, which tells Fastify that it was sent. */
export type FastifyHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: Fastify's own type for a Node stream
) => Promise<any>;

export function fastifyGuard(verifier: RequestVerifier, requirements: RouteRequirements): FastifyHook {
  return async (request, reply) => {
    const verdict = await verifier.verify(
      firstGuard(request, () => receiveNode(request.raw)),
      requirements,
    );
    if ('refused' in verdict) return write(request.raw, reply, verdict.refused);
    whenHandlerEnded(reply.raw, verdict.release);
    rememberAdmitted(request, verdict.admitted);
    // Fastify's parsers read the request itself, and so do plugins such as @fastify/multipart.
    replayBody(request.raw, verdict.admitted.body);
    return undefined;
  };
}

function write(
  request: NodeRequest,
  reply: FastifyReply,
  { status, headers, body }: GuardResponse,
): FastifyReply {
  const length = { 'content-length': String(new TextEncoder().encode(body).byteLength) };
  return reply
    .code(status)
    .headers({ ...headers, ...length, ...lastOfConnection(request) })
    .send(request.complete ? body : endingAfterBody(request, body));
}

/** The body of a response as a stream: with a string, Fastify would close the connection as soon as it was written. */
function endingAfterBody(request: NodeRequest, body: string): unknown {
  const { Readable } = process.getBuiltinModule('node:stream');
  const stream = new Readable({ read: () => {} });
  stream.push(body);
  whenBodyDiscarded(request, () => stream.push(null));
  return stream;
}
