import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { report } from './child.ts';

/** The upper bound: node:http that reads a request whole and always returns the given bytes. */
const body = Buffer.from(String(process.env['BENCH_ANSWER']));
const headers = { 'content-type': 'application/json', 'content-length': body.length };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    Buffer.concat(chunks);
    response.writeHead(200, headers).end(body);
  });
});
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
