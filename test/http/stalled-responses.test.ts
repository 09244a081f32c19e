import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { Connections } from '../../server/http/connections/connections.ts';
import { AddressList } from '../../server/lib/address-list.ts';

const MIB = 1024 * 1024;
/** Shared, so that the test holds it once. */
const ANSWER = Buffer.alloc(32 * MIB);
const sockets: Socket[] = [];
/** Resolves once the server has lost a connection. */
let ended: Promise<unknown>;
/** The ports of the peers whose connections the server has lost. */
let lost: (number | undefined)[] = [];
let close: () => Promise<unknown> = async () => {};
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await close();
});

/** A server whose answers are far larger than what the buffers of a connection take. */
async function serve(
  graceMs: number,
  rate: number,
  maxUnread = 1_000 * MIB,
  trusted: AddressList | null = null,
): Promise<number> {
  const connections = new Connections(trusted, { everyMs: 20, graceMs, rate, maxUnread });
  const server = createServer((request, response) => {
    connections.begin(request.socket, response);
    response.end(ANSWER);
  });
  const gone: (number | undefined)[] = [];
  lost = gone;
  ended = new Promise((resolve) => {
    server.on('connection', (socket) => {
      const { remotePort } = socket;
      connections.add(
        socket.once('close', () => {
          gone.push(remotePort);
          resolve(null);
        }),
      );
    });
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

/** Asks for answers at once, and reads none of them. @param client for whom a proxy asks */
function ask(port: number, localAddress = '127.0.0.1', times = 1, client: string | null = null): Socket {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  sockets.push(socket);
  socket.on('error', () => {});
  socket.pause();
  const forwarded = client === null ? '' : `x-forwarded-for: ${client}\r\n`;
  socket.write(`GET / HTTP/1.1\r\nhost: localhost\r\n${forwarded}\r\n`.repeat(times));
  return socket;
}

it('a peer that does not read its answer is disconnected', async () => {
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

it('a peer that reads its answer slowly gets all of it', async () => {
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

/** Expects a client that paused to get its whole answer, once it reads on. */
async function readsItsAnswer(honest: Socket): Promise<void> {
  let read = 0;
  honest.on('data', (chunk: Buffer) => {
    read += chunk.length;
  });
  honest.resume();
  await expect.poll(() => read, { timeout: 30_000 }).toBeGreaterThan(32 * MIB);
}

it('S5: unread answers are bounded, and the address with the most loses its own first', async () => {
  const port = await serve(60_000, 8 * 1024, 200 * MIB);
  const honest = ask(port, '127.0.0.3');
  // Pipelined, and on connections of their own: 640 MiB.
  const greedy = [ask(port, '127.0.0.2', 16), ...Array.from({ length: 4 }, () => ask(port, '127.0.0.2'))];
  await ended;
  await readsItsAnswer(honest);
  // What the others hold is within the bound: they go on waiting.
  expect(lost).toEqual([greedy[0]?.localPort]);
});

it('S5: behind a trusted proxy, it is the clients who hold them', async () => {
  const port = await serve(60_000, 8 * 1024, 200 * MIB, new AddressList(['127.0.0.1']));
  const honest = ask(port, '127.0.0.1', 1, '203.0.113.5');
  // None of its connections holds more than the honest client's.
  const greedy = Array.from({ length: 8 }, () => ask(port, '127.0.0.1', 1, '198.51.100.7'));
  await ended;
  await readsItsAnswer(honest);
  expect(greedy.map(({ localPort }) => localPort)).toEqual(expect.arrayContaining(lost));
});
