import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { withKey } from '../harness/clients.ts';
import { createKey, signUp } from '../harness/people.ts';
import { programOf, requires } from '../harness/requires.ts';
import { RIGHT, runtimeProject } from '../harness/runtime-project.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A worker of one file on a port that workerd chooses; it may connect to this machine. */
const CONFIG = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-01-01",
      bindings = [(name = "CALLER", fromEnvironment = "CALLER"), (name = "GUARD", fromEnvironment = "GUARD")],
    )),
    (name = "internet", network = (allow = ["public", "private"])),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);
`;

/** Bundles the worker, as wrangler would, and starts it. */
async function startWorker(variables: Record<string, string>) {
  const folder = await runtimeProject();
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({ input: join(folder, 'runtime-worker.mjs'), platform: 'neutral' });
  // Signing imports Node's hashes only where there are any.
  await bundle.write({ file: join(folder, 'worker.js'), format: 'esm', codeSplitting: false });
  await bundle.close();
  await writeFile(join(folder, 'config.capnp'), CONFIG);
  const child = spawn(programOf('workerd'), ['serve', '--control-fd=3', join(folder, 'config.capnp')], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
  });
  const stop = async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  for await (const line of createInterface({ input: child.stdio[3] as Readable })) {
    const { event, port } = JSON.parse(line);
    if (event === 'listen') return { port: port as number, stop };
  }
  throw new Error('workerd ended before it listened');
}

requires('workerd').describe('C6: in workerd', () => {
  const { test } = requires('workerd');
  let service: TestService;
  let worker: Awaited<ReturnType<typeof startWorker>>;
  let key: Credentials;

  beforeAll(async () => {
    service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
    const ada = await signUp(service);
    const { apiKey, signingSecret } = await verifyingKey(service, ada);
    key = await createKey(service, ada, { permissions: ['orders:write'] });
    const { url } = service;
    worker = await startWorker({
      CALLER: JSON.stringify(withKey(service)),
      GUARD: JSON.stringify({ url, apiKey, signingSecret, authority: ORDERS }),
    });
  });
  afterAll(async () => {
    await worker?.stop();
    await service.stop();
  });

  test('the client makes every kind of call', async () => {
    const answer = await fetch(`http://127.0.0.1:${worker.port}/calls`);
    expect(await answer.json()).toEqual(RIGHT);
  });

  test('a guard admits a signed request once, and its handler reads the body', async () => {
    const draft = sign(key, '/orders?q=a%20b', { authority: ORDERS, body: 'é' });
    const admitted = await send(worker.port, draft);
    expect([admitted.status, admitted.json]).toEqual([200, { text: 'é', key: key.id }]);
    const again = await send(worker.port, draft);
    expect([again.status, again.json.error.data.reason]).toEqual([401, 'SIGNATURE_REPLAYED']);
  });

  test('C1: a guard admits targets that the URL standard changes', async () => {
    for (const target of ["/orders?q=O'Brien", `/orders?input={"name":"O'Brien"}`, '/orders?a<b>c']) {
      const { status } = await send(worker.port, sign(key, target, { authority: ORDERS, body: 'é' }));
      expect([target, status]).toEqual([target, 200]);
    }
  });

  test('a guard refuses a body that was changed', async () => {
    const draft = sign(key, '/orders', { authority: ORDERS, body: 'one' });
    const { status, json } = await send(worker.port, { ...draft, body: Buffer.from('two') });
    expect([status, json.error.data.reason]).toEqual([401, 'SIGNATURE_INVALID']);
  });
});
