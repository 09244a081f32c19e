import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseSignature, signatureBase } from '../../shared/signature.ts';

/** A request as it arrived. */
export interface Recorded {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

export type Answer = (request: Recorded, response: ServerResponse, nth: number) => void;

/** A server in the place of Keyseal, which records the requests and sends the answers that a test sets. */
export async function recorder(answer: Answer) {
  const received: Recorded[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = '', url: target = '', headers } = request;
    const recorded = { method, target, headers, body: Buffer.concat(chunks) };
    received.push(recorded);
    answer(recorded, response, received.length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    received,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A key of a form that the client takes. */
export const KEY = {
  id: 'a'.repeat(12),
  apiKey: `ks_test_${'a'.repeat(12)}_${'b'.repeat(38)}`,
  signingSecret: `kss_${'c'.repeat(43)}`,
};

/** Answers a call, or each call of a batch, with `data`. */
export function answerWith(data: unknown): Answer {
  return ({ target }, response) => {
    const result = { result: { data } };
    const calls = target.split('?', 1)[0]?.split(',').length ?? 1;
    const batch = target.includes('batch=1');
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(batch ? Array.from({ length: calls }, () => result) : result));
  };
}

/** Answers with a refusal, as Keyseal does. */
export function refuseWith(status: number, reason: string, details: object = {}): Answer {
  return (_, response) => {
    const data = { code: 'X', httpStatus: status, reason, requestId: 'r', docs: 'd', ...details };
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: `It said ${reason}.`, code: -32001, data } }));
  };
}

const sha256 = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');

/** Whether the signature is right for what arrived: the request line, the host and the body as they are. */
export function isSigned({ method, target, headers, body }: Recorded, secret = KEY.signingSecret): boolean {
  const signature = parseSignature(String(headers['x-signature']));
  if (!signature) return false;
  const bearer = /^Bearer (.*)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const token = headers['x-user-token'] ?? (bearer.startsWith('ks_') ? '' : bearer);
  const base = signatureBase({
    ...signature,
    method,
    target,
    authority: headers.host ?? '',
    contentType: headers['content-type'] ?? '',
    tokenDigest: sha256(String(token)),
    bodyDigest: sha256(body),
  });
  return signature.mac === createHmac('sha256', secret).update(base).digest('hex');
}
