import { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { admitted, type Guard } from '../../client/guard/index.ts';
import { admitAll, admittingGuard, CALLER, HOST } from '../harness/admitting-guard.ts';
import { sign } from '../harness/wire.ts';

interface Reported {
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly address: string | null;
}

/** A request as serverless-http 3 makes it from an event of AWS Lambda: without a connection, and with headers as an object. */
function eventRequest(url: string, headers: Record<string, unknown>, body: Buffer): IncomingMessage {
  const socket = { encrypted: true, readable: false, remoteAddress: '203.0.113.7', end() {}, destroy() {} };
  const request = new IncomingMessage(socket as unknown as Socket);
  const length = { 'content-length': body.byteLength };
  const read = () => {
    request.push(body);
    request.push(null);
  };
  Object.assign(request, { complete: true, httpVersion: '1.1', method: 'POST', url, body, _read: read });
  Object.assign(request, { headers: { ...headers, ...length } });
  return request;
}

/** Runs a request through Express behind a guard. @returns the status, and what was reported to Keyseal */
async function answered(target: string, change: (headers: Record<string, unknown>) => void = () => {}) {
  const reported: Reported[] = [];
  const guard: Guard = admittingGuard({
    fetch: (url, init) => {
      reported.push(...(Object.values(JSON.parse(String(init?.body))) as Reported[]));
      return admitAll(url, init);
    },
  });
  const app = express();
  app.post('/orders', guard.express({}), (request, response) => {
    response.json([request.body, Buffer.from(admitted(request).body).toString()]);
  });
  const body = '{"n":1}';
  const signed = sign(CALLER, target, {
    authority: HOST,
    method: 'POST',
    contentType: 'application/json',
    body,
  });
  const headers: Record<string, unknown> = Object.fromEntries(signed.headers);
  change(headers);
  const request = eventRequest(target, headers, Buffer.from(body));
  const response = new ServerResponse(request);
  const written: Buffer[] = [];
  await new Promise<void>((resolve) => {
    const write = (part: string | Uint8Array = '') => written.push(Buffer.from(part));
    const end = (part?: string | Uint8Array) => {
      write(part);
      resolve();
      return response;
    };
    Object.assign(response, { write, end });
    app(request, response);
  });
  return { status: response.statusCode, json: JSON.parse(Buffer.concat(written).toString()), reported };
}

describe('C2: a request that was made from an event has headers as an object only', () => {
  it.each(['/orders', '/orders?q=milk%20and%20bread', '/orders?a=1,2&b=x+y'])(
    'is verified as it came: %s',
    async (target) => {
      const { status, json, reported } = await answered(target);
      expect([status, json]).toEqual([200, [{ n: 1 }, '{"n":1}']]);
      expect(reported).toMatchObject([{ target, address: '203.0.113.7' }]);
      expect(reported[0]?.headers).toContainEqual(['host', HOST]);
    },
  );

  it.each<[string, number, (headers: Record<string, unknown>) => void]>([
    ['without a signature', 401, (headers) => Reflect.deleteProperty(headers, 'x-signature')],
    ['to another host', 421, (headers) => Object.assign(headers, { host: 'other.example.com' })],
    ['with two hosts', 400, (headers) => Object.assign(headers, { host: [HOST, HOST] })],
    [
      'with a repeated signature, which the platform joined',
      401,
      (headers) => Object.assign(headers, { 'x-signature': `${headers['x-signature']}, again` }),
    ],
  ])('is refused %s', async (_, wanted, change) => {
    const { status, reported } = await answered('/orders', change);
    expect([status, reported]).toEqual([wanted, []]);
  });
});
