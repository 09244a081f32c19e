import { remember } from './admitted.ts';
import type { GuardAnswer } from './answer.ts';
import type { RequestJudge } from './judge.ts';
import { dropBody, type NodeRequest, type NodeResponse, onceEnded, receiveNode } from './node.ts';
import type { RouteRequirements } from './options.ts';

/** The members of Fastify's request that the guard uses. */
interface FastifyRequest {
  readonly raw: NodeRequest;
}
interface FastifyReply {
  readonly raw: Pick<NodeResponse, 'closed' | 'destroyed' | 'writableEnded' | 'once' | 'end'>;
  code(status: number): FastifyReply;
  headers(values: Record<string, string>): FastifyReply;
  send(body: string): FastifyReply;
}
/** A `preParsing` hook: Fastify's parsers read the stream that it returns. */
export type FastifyHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: Fastify's own type for a stream of Node
) => Promise<any>;

export function fastifyGuard(judge: RequestJudge, asked: RouteRequirements): FastifyHook {
  return async (request, reply) => {
    const verdict = await judge.judge(() => receiveNode(request.raw), asked);
    if ('refused' in verdict) return write(request.raw, reply, verdict.refused);
    onceEnded(reply.raw, verdict.release);
    remember(request, verdict.admitted);
    const { Readable } = await import('node:stream');
    const { body } = verdict.admitted;
    const stream = Readable.from(body.byteLength > 0 ? [body] : [], { objectMode: false });
    return Object.assign(stream, { receivedEncodedLength: body.byteLength });
  };
}

function write(
  request: NodeRequest,
  reply: FastifyReply,
  { status, headers, body }: GuardAnswer,
): FastifyReply {
  dropBody(request);
  return reply
    .code(status)
    .headers(request.complete ? { ...headers } : { ...headers, connection: 'close' })
    .send(body);
}
