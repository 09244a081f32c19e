import { remember } from './admitted.ts';
import type { Answer } from './answer.ts';
import type { Asked, Judge } from './judge.ts';
import { type NodeRequest, receiveNode } from './node.ts';

/** What is used of Fastify. */
interface FastifyRequest {
  readonly raw: NodeRequest;
}
interface FastifyReply {
  code(status: number): FastifyReply;
  headers(values: Record<string, string>): FastifyReply;
  send(body: string): FastifyReply;
}
/** A `preParsing` hook: what it gives back is what the parsers of Fastify read. */
export type FastifyHook = (
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
  // biome-ignore lint/suspicious/noExplicitAny: Fastify's own word for a stream of Node
) => Promise<any>;

export function fastifyGuard(judge: Judge, asked: Asked): FastifyHook {
  return async (request, reply) => {
    const verdict = await judge.judge(() => receiveNode(request.raw, judge), asked);
    if ('refused' in verdict) return write(reply, verdict.refused);
    remember(request, verdict.admitted);
    const { Readable } = await import('node:stream');
    const { body } = verdict.admitted;
    const stream = Readable.from(body.byteLength > 0 ? [body] : [], { objectMode: false });
    return Object.assign(stream, { receivedEncodedLength: body.byteLength });
  };
}

function write(reply: FastifyReply, { status, headers, body }: Answer): FastifyReply {
  return reply
    .code(status)
    .headers({ ...headers })
    .send(body);
}
