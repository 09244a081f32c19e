import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Connections } from '../../server/http/connections.ts';

const MIB = 1024 * 1024;
const sockets: Socket[] = [];
/** Resolves once the server has lost a connection. */
let ended: Promise<unknown>;
let close: () => Promise<unknown> = async () => {};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await close();
});

/** A server whose answers are far larger than what the buffers of a connection take. */
async function serve(graceMs: number, rate: number): Promise<number> {
  const connections = new Connections(null, { everyMs: 20, graceMs, rate });
  const server = createServer((request, response) => {
    connections.begin(request.socket, response);
    response.end(Buffer.alloc(32 * MIB));
  });
  ended = new Promise((resolve) => {
    server.on('connection', (socket) => connections.add(socket.once('close', resolve)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  close = () => {
    connections.close();
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return (server.address() as AddressInfo).port;
}

function ask(port: number): Socket {
  const socket = connect(port, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  socket.pause();
  socket.write('GET / HTTP/1.1\r\nhost: localhost\r\n\r\n');
  return socket;
}

it('a peer that reads nothing of its answer is given up', async () => {
  const port = await serve(100, 1_000 * MIB);
  const socket = ask(port);
  await ended;
  let read = 0;
  socket.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  socket.resume();
  await once(socket, 'close');
  expect(read).toBeLessThan(32 * MIB);
});

it('a peer that reads slowly gets all of it', async () => {
  const socket = ask(await serve(2_000, 1_000 * MIB));
  let read = 0;
  socket.on('data', (chunk: Buffer) => {
    read += chunk.length;
    socket.pause();
    setImmediate(() => socket.resume());
  });
  socket.resume();
  await expect.poll(() => read, { timeout: 30_000 }).toBeGreaterThan(32 * MIB);
});
