import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { createKey, signUp } from '../harness/people.ts';
import { programOf, requires } from '../harness/requires.ts';
import { runtimeProject } from '../harness/runtime-project.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { ORDERS, verifyingKey } from '../harness/verify-requests.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const RUNTIMES = {
  Bun: ['bun', ['run']],
  Deno: ['deno', ['run', '--allow-all', '--node-modules-dir=manual', '--no-lock']],
} as const;
const SERVERS = ['fetch', 'hono', 'node', 'express'] as const;
/** More than a stream buffers. */
const LARGE = 'é'.repeat(200_000);

for (const [name, [tool, args]] of Object.entries(RUNTIMES)) {
  requires(tool).describe(`C2: guards in ${name}`, () => {
    const { test } = requires(tool);
    let service: TestService;
    let key: Credentials;
    let child: ChildProcess;
    let ports: Readonly<Record<string, number>>;

    beforeAll(async () => {
      service = await startTestService({ env: { KEYSEAL_PERMISSIONS: 'orders:write' } });
      const ada = await signUp(service);
      const { apiKey, signingSecret } = await verifyingKey(service, ada);
      key = await createKey(service, ada, { permissions: ['orders:write'] });
      const options = { url: service.url, apiKey, signingSecret, authority: ORDERS };
      child = spawn(programOf(tool), [...args, 'runtime-guards.mjs'], {
        cwd: await runtimeProject(),
        env: { ...process.env, GUARD: JSON.stringify(options) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line');
      ports = JSON.parse(line);
    });
    afterAll(async () => {
      child?.kill('SIGKILL');
      await service.stop();
    });

    const order = (body: string, target = '/orders') =>
      sign(key, target, { authority: ORDERS, method: 'POST', contentType: 'text/plain', body });
    const sendTo = (server: string, draft: Draft) => send(ports[server] as number, draft);

    for (const server of SERVERS)
      test(`that of ${server} admits a request once, and its handler reads the body`, async () => {
        for (const body of ['é', LARGE, ''])
          for (const target of ['/orders', "/orders?q=O'Brien%20a+b"]) {
            const draft = order(body, target);
            const { status, json } = await sendTo(server, draft);
            expect([target, status, json?.text ?? '']).toEqual([target, 200, body]);
            expect((await sendTo(server, draft)).reason).toBe('SIGNATURE_REPLAYED');
          }
      });

    for (const server of SERVERS)
      test(`that of ${server} refuses what was changed, and what is too large`, async () => {
        const reasons = [
          { ...order('one'), body: Buffer.from('two') },
          { ...order('one'), target: '/others' },
          order('x'.repeat(1024 * 1024 + 1)),
        ].map(async (draft) => (await sendTo(server, draft)).reason);
        expect(await Promise.all(reasons)).toEqual([
          ...['SIGNATURE_INVALID', 'SIGNATURE_INVALID', 'BODY_TOO_LARGE'],
        ]);
        expect((await sendTo(server, order('again'))).json).toEqual({ text: 'again' });
      });
  });
}
