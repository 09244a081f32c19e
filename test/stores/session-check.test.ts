import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { holdUntilChecked } from '../../server/stores/database/connection/session-check.ts';

const CHECKED = {
  overrides: {},
  mustWrite: false,
  onPooler: () => {},
  onAccepted: () => {},
  onReadOnly: () => {},
};

it.each<[string, Buffer]>([
  ['ends', Buffer.alloc(0)],
  ['sends what Postgres does not send', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
])(
  'a server that %s does not end the process if the driver has abandoned the connection',
  async (_, sent) => {
    const server = createServer((peer) => peer.end(sent));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const uncaught: unknown[] = [];
    const note = (error: unknown) => uncaught.push(error);
    process.prependListener('uncaughtException', note);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const held = holdUntilChecked(socket, CHECKED as never);
    held.resume();
    // Not `once` of node:events, which listens for errors too.
    await new Promise<void>((resolve) => held.on('close', () => resolve()));
    server.close();
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', note);
    expect(uncaught).toEqual([]);
  },
);
