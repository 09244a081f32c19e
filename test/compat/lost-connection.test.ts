import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { callThrough } from '../../compat/cells.ts';
import { CLIENTS } from '../../compat/clients.ts';
import { bytesOf } from '../../compat/operations.ts';
import { failuresOf } from '../../compat/table.ts';
import { requires } from '../harness/requires.ts';
import { runFolder } from '../harness/run-folder.ts';

const { test } = requires('python3');
const KEY = { id: 'k1', signingKey: Buffer.alloc(32), signingSecret: 'kss_x', apiKey: 'ks_live_k1_x' };
const PATIENCE = 60_000;

/** A server that reads one part of a request and resets the connection. */
async function startResetting() {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.resetAndDestroy());
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

for (const name of ['Node, fetch', 'Python'])
  test(
    `a cell says how a connection ended, in place of the first line of an error: ${name}`,
    async () => {
      const client = CLIENTS.find((one) => one.name === name);
      if (!client) throw new Error(`${name} is no client`);
      const { folder, remove } = await runFolder('compat');
      const fileOf = (mebibytes: number) => join(folder, `${mebibytes}`);
      for (const mebibytes of [1, 8]) writeFileSync(fileOf(mebibytes), bytesOf(mebibytes));
      const { server, url } = await startResetting();
      try {
        // nghttpx may lose the answer to a large body, and no other.
        const way = { name: 'nghttpx', url };
        const cells = await callThrough(way, { client, version: '', folder, env: {} }, { key: KEY }, fileOf);
        for (const { operation, outcome } of cells)
          expect([operation, outcome]).toEqual([
            operation,
            expect.stringMatching(/reset|EPIPE|pipe|closed/i),
          ]);
        expect(failuresOf(cells)).toHaveLength(cells.length - 1);
        expect(failuresOf(cells).join()).not.toContain('large');
      } finally {
        server.close();
        await remove();
      }
    },
    PATIENCE,
  );
