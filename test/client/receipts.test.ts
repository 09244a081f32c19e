import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createKeysealClient,
  type KeysealClientOptions,
  type Receipt,
  type ResponseKeySet,
  ResponseUnverified,
} from '../../client/index.ts';
import { verifyReceipt } from '../../client/verify-receipt.ts';
import { newSession, withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type TamperingProxy, tamperingProxy } from '../harness/tampering-proxy.ts';

let proxy: TamperingProxy;
let service: TestService;
let directory: ResponseKeySet;

beforeAll(async () => {
  proxy = await tamperingProxy();
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: proxy.url } });
  proxy.aim(service.port);
  const published = await fetch(`${proxy.url}/.well-known/http-message-signatures-directory`);
  directory = (await published.json()) as ResponseKeySet;
});
afterEach(() => proxy.change(null));
afterAll(async () => {
  proxy.close();
  await service.stop();
});

const keeping = (more: object = {}) => {
  const receipts: Receipt[] = [];
  const options = {
    ...withKey(service),
    url: proxy.url,
    onReceipt: (receipt: Receipt) => void receipts.push(receipt),
    ...more,
  };
  return { client: createKeysealClient(options as KeysealClientOptions), receipts };
};
/** The receipt of one call. */
async function receiptOf(signatures: 'v1' | 'rfc9421', text = 'l’été'): Promise<Receipt> {
  const { client, receipts } = keeping({ signatures });
  expect((await client.echo.mutate({ text })).text).toBe(text);
  expect(receipts).toHaveLength(1);
  return receipts[0] as Receipt;
}
const problemOf = (file: string | Uint8Array, keys = directory) =>
  verifyReceipt(file, keys).then(
    () => null,
    ({ problem }) => problem,
  );

describe.each(['v1', 'rfc9421'] as const)('a client that signs by %s and keeps receipts', (signatures) => {
  it('gets a receipt that verifies with only the directory', async () => {
    const { file, sequence, workspace, time } = await receiptOf(signatures);
    expect(await verifyReceipt(file, directory)).toMatchObject({
      ...{ sequence, workspace, time, response: { status: 200 } },
      request: { method: 'POST', url: `${proxy.url}/api/echo?batch=1`, keyId: service.demo.id },
    });
    const next = await receiptOf(signatures);
    const [first, second] = [await verifyReceipt(file, directory), await verifyReceipt(next.file, directory)];
    expect([second.sequence, second.previous]).toEqual([sequence + 1, first.link]);
  });

  it('gets a receipt without the key or a secret', async () => {
    const { file } = await receiptOf(signatures);
    for (const secret of [service.demo.apiKey as string, service.demo.signingSecret, 'authorization'])
      expect(file).not.toContain(secret);
  });

  it.each<[string, (byte: number) => number[]]>([
    ...Array.from({ length: 8 }, (_, bit): [string, (byte: number) => number[]] => [
      `with bit ${bit} changed`,
      (byte) => [byte ^ (1 << bit)],
    ]),
    ['left out', () => []],
    ['twice', (byte) => [byte, byte]],
    ['after a space', (byte) => [0x20, byte]],
    ['as 0', () => [0x30]],
    ['as A', () => [0x41]],
  ])('gets a receipt that does not verify with any byte %s', async (_, change) => {
    const bytes = new TextEncoder().encode((await receiptOf(signatures)).file);
    const accepted: number[] = [];
    for (const [at, byte] of bytes.entries()) {
      const changed = change(byte);
      if (changed.length === 1 && changed[0] === byte) continue;
      const file = Uint8Array.of(...bytes.subarray(0, at), ...changed, ...bytes.subarray(at + 1));
      if ((await problemOf(file)) === null) accepted.push(at);
    }
    expect([await problemOf(bytes), accepted]).toEqual([null, []]);
  });

  it('gets a receipt that does not verify if its file is cut off, continued or written in another form', async () => {
    const { file } = await receiptOf(signatures);
    const compact = JSON.stringify(JSON.parse(file));
    const more = JSON.stringify({ ...JSON.parse(file), note: 'x' }, null, 2);
    const others = [
      file.slice(0, -1),
      `${file} `,
      `\ufeff${file}`,
      `${compact}\n`,
      `${more}\n`,
      '',
      'null\n',
    ];
    for (const text of others) expect(await problemOf(text)).toBe('form');
  });

  it('gets a receipt that has no other form: not by another spelling of its status, its body or its token', async () => {
    const { client, receipts } = keeping({ signatures });
    await client.exemple.query({ name: '\ufffd' });
    await client.echo.mutate({ text: '\ufffd' });
    for (const { file } of receipts) {
      const { request, response } = JSON.parse(file);
      const lone = (body: string | null) => body?.replace('\ufffd', '\ud800') ?? '';
      const others = [
        { request, response: { ...response, status: String(response.status) } },
        { request, response: { ...response, body: lone(response.body) } },
        { request: { ...request, body: lone(request.body) }, response },
        { request: { ...request, userToken: createHash('sha256').digest('hex') }, response },
      ];
      for (const other of others) expect(await problemOf(`${JSON.stringify(other, null, 2)}\n`)).toBe('form');
      expect(await problemOf(file)).toBeNull();
    }
  });

  it('gets a receipt that does not verify with the request or response of another', async () => {
    const [one, other] = [await receiptOf(signatures), await receiptOf(signatures, 'other')].map(({ file }) =>
      JSON.parse(file),
    );
    const write = (file: object) => `${JSON.stringify(file, null, 2)}\n`;
    expect(await problemOf(write({ request: one.request, response: other.response }))).toBe('signature');
    const body = other.request.body;
    expect(await problemOf(write({ ...one, request: { ...one.request, body } }))).toBe('request');
    const answer = { ...one.response, body: other.response.body };
    expect(await problemOf(write({ ...one, response: answer }))).toBe('content');
    const receipt = other.response.headers['x-keyseal-receipt'];
    const headers = { ...one.response.headers, 'x-keyseal-receipt': receipt };
    expect(await problemOf(write({ ...one, response: { ...one.response, headers } }))).toBe('signature');
  });

  it('gets a receipt that does not verify by another directory', async () => {
    const { file } = await receiptOf(signatures);
    const [key] = directory.keys;
    const x = 'A'.repeat(43);
    for (const keys of [[], [{ ...key, kid: 'other' }], [{ ...key, x }], [{ ...key, x: 'AA' }]])
      expect(await problemOf(file, { keys })).toBe('signature');
    const broken = { kty: 'OKP', crv: 'Ed25519', kid: 'broken', x: 1 };
    expect(await problemOf(file, { keys: [broken, ...directory.keys] as ResponseKeySet['keys'] })).toBeNull();
  });
});

describe('a client that keeps receipts', () => {
  it('gets receipts for bytes, for a person, and for a query', async () => {
    const session = await newSession(service);
    const receipts: Receipt[] = [];
    const keep = { onReceipt: (receipt: Receipt) => void receipts.push(receipt) };
    const own = createKeysealClient({ url: proxy.url, session, ...keep });
    await own.workspaces.list.query();
    const { client, receipts: others } = keeping();
    await client.upload.mutate(Uint8Array.of(0, 255, 128, 10));
    await client.exemple.query({ name: "d'Ada & co" });
    for (const { file } of [...receipts, ...others]) {
      expect(await problemOf(file)).toBeNull();
      expect(file).not.toContain(session.accessToken);
    }
    expect([receipts.length, others.length]).toEqual([1, 2]);
  });

  it('gets a receipt for a refusal, and still rejects', async () => {
    const { client, receipts } = keeping();
    await expect(client.keys.get.query({ id: 'A'.repeat(12) })).rejects.toMatchObject({
      reason: 'KEY_NOT_FOUND',
    });
    expect(await verifyReceipt((receipts[0] as Receipt).file, directory)).toMatchObject({
      response: { status: 404 },
    });
  });

  it('rejects an answer whose receipt a proxy removed, or `onReceipt` could not keep', async () => {
    const { client } = keeping();
    proxy.change((response) => {
      const { 'x-keyseal-receipt': _, ...headers } = response.headers;
      return { ...response, headers };
    });
    const error = await client.exemple.query().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ResponseUnverified);
    expect(error).toMatchObject({ problem: 'signature' });
    proxy.change(null);
    const failing = keeping({ onReceipt: () => Promise.reject(new Error('the disk is full')) });
    await expect(failing.client.exemple.query()).rejects.toThrow('the disk is full');
  });

  it('verifies with pinned keys only', async () => {
    const { client, receipts } = keeping({ responseKeys: directory });
    const before = proxy.requests.length;
    await client.exemple.query();
    expect([receipts.length, proxy.requests.length - before]).toEqual([1, 1]);
    const { client: other } = keeping({ responseKeys: { keys: [] } });
    await expect(other.exemple.query()).rejects.toMatchObject({ problem: 'key' });
  });

  it('refuses subscriptions', async () => {
    const { client } = keeping();
    const error = await new Promise((resolve) => {
      client.clock.subscribe({ everyMs: 50 }, { onData: resolve, onError: resolve });
    });
    expect(error).toMatchObject({ problem: 'stream' });
  });
});
