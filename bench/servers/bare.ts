import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { report } from './child.ts';

/** The floor: node:http that reads a JSON body and says it back. */
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { text } = JSON.parse(Buffer.concat(chunks).toString());
    const body = JSON.stringify({ result: { data: { text } } });
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    });
    response.end(body);
  });
});
server.listen(0, '127.0.0.1', () => report({ port: (server.address() as AddressInfo).port }));
