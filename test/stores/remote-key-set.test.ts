import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it, vi } from 'vitest';
import { RemoteKeySet } from '../../server/stores/issuers/remote-key-set.ts';

let server: Server | null = null;
const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);
afterEach(() => {
  process.off('unhandledRejection', note);
  server?.close();
});

/** A key set endpoint that returns this body, and what is reported. */
async function keySet(text: string) {
  server = createServer((_, response) => response.end(text));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const failed = vi.fn();
  process.on('unhandledRejection', note);
  return {
    keys: new RemoteKeySet({ issuer, jwksUri: `${issuer}/keys`, onFailure: failed }, Date.now),
    failed,
  };
}

const DEEP = 100_000;

it('S1: keys that are nested too deeply to be copied are a failure of their issuer, and end no process', async () => {
  const nested = `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`;
  const { keys, failed } = await keySet(`{"keys":[{"kty":"OKP","crv":"Ed25519","x":${nested}}]}`);
  keys.refresh();
  await vi.waitFor(() => expect(failed).toHaveBeenCalledOnce());
  expect(await keys.find({ alg: 'EdDSA' })).toBe('unread');
  expect(keys.readings).toEqual({ read: 0, failed: 1 });
  expect(unhandled).toEqual([]);
});
