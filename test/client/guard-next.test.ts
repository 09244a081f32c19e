import { execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { guardAttacks, keyTwice, ORDER, order } from '../harness/guard-attacks.ts';
import { packClient, unpack } from '../harness/packed.ts';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { freePort } from '../harness/process.ts';
import { NEXT, requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, send } from '../harness/wire.ts';

/** The route handler of examples/next, in a Next that was built and started. */
requires('next').describe('the guard of a route handler of Next', () => {
  const { test } = requires('next');
  const run = promisify(execFile);
  const cli = join(NEXT, 'node_modules', 'next', 'dist', 'bin', 'next');
  const { PATH = '', HOME = '' } = process.env;
  const quiet = { PATH, HOME, NEXT_TELEMETRY_DISABLED: '1' };
  let service: TestService;
  let ada: Person;
  let key: Credentials;
  let port: number;
  let serving = false;
  let stop: () => Promise<unknown> = async () => {};

  beforeAll(async () => {
    rmSync(join(NEXT, 'node_modules', '@keyseal'), { recursive: true, force: true });
    await unpack(await packClient(), NEXT, '@keyseal/client');
    await run(process.execPath, [cli, 'build'], { cwd: NEXT, env: quiet });
    service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:read,orders:write' } });
    serving = true;
    ada = await signUp(service);
    key = await createKey(service, ada, { permissions: ['orders:write'] });
    const { apiKey, signingSecret } = await verifyingKey(service, ada);
    const asking = { KEYSEAL_API_KEY: apiKey ?? '', KEYSEAL_SIGNING_SECRET: signingSecret };
    port = await freePort();
    const child = spawn(process.execPath, [cli, 'start', '-p', String(port), '-H', '127.0.0.1'], {
      cwd: NEXT,
      env: { ...quiet, ...asking, KEYSEAL_URL: service.url, AUTHORITY: ORDERS },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = new Promise((resolve) => child.once('close', resolve));
    stop = () => {
      child.kill('SIGKILL');
      return exited;
    };
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk) => String(chunk).includes('Ready') && resolve());
      void exited.then(() => reject(new Error('Next ended')));
    });
  }, 300_000);
  afterAll(async () => {
    await stop();
    await (serving && service.stop());
  });

  test('lets a signed call through, with its body, once', async () => {
    const draft = order(key);
    const answer = await send(port, draft);
    expect([answer.status, answer.json]).toEqual([200, { by: key.id, body: ORDER }]);
    expect((await send(port, draft)).reason).toBe('SIGNATURE_REPLAYED');
  });

  test('refuses every attack in Keyseal’s form', async () => {
    for (const [what, answered, draft] of guardAttacks(() => ({ service, ada, key }), 1024 * 1024)) {
      const { status, reason, headers } = await send(port, await draft());
      expect(`${what}: ${status} ${reason}`).toMatch(
        typeof answered === 'string'
          ? new RegExp(`: ${answered}$`)
          : new RegExp(answered.source.replaceAll('^', ': ')),
      );
      expect(headers['www-authenticate']).toBe(status === 401 ? 'Bearer realm="keyseal"' : undefined);
    }
  });

  test('judges the one of two keys that the handler sees', async () => {
    const { json } = await send(port, keyTwice(key));
    expect(json.by ?? json.error.data.reason).toMatch(new RegExp(`^(${key.id}|REQUEST_MALFORMED)$`));
  });

  test('admits nobody once Keyseal is gone', async () => {
    serving = false;
    await service.stop();
    const { status, reason } = await send(port, order(key));
    expect([status, reason]).toEqual([503, 'UNAVAILABLE']);
  });
});
