import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { type ServiceProcess, startProcess } from '../harness/process.ts';
import { requires } from '../harness/requires.ts';

let dir: string;
let service: ServiceProcess;
let shown: string;

beforeAll(async () => {
  dir = await freshFolder();
  service = await startProcess({ KEYSEAL_DATA_DIR: dir });
  await service.serving;
  shown = readFileSync(join(dir, 'demo.txt'), 'utf8');
});

/** The call from the text, as a user pastes it. */
const pasted = () => /^\(\n[\s\S]*^\)$/m.exec(shown)?.[0] ?? '';
const bash = (script: string) => {
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { encoding: 'utf8', timeout: 20_000 });
  return stdout + stderr;
};

requires('bash', 'curl', 'openssl').test(
  'the call that a first start shows is answered with 200, and again',
  () => {
    for (let n = 0; n < 2; n++) {
      const answer = bash(pasted());
      expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
      expect(answer).toContain('"message":"Hello, Ada!"');
    }
  },
);

requires('bash', 'curl', 'openssl').test(
  'the same call as captured, with its nonce, is 401 SIGNATURE_REPLAYED',
  () => {
    const captured = pasted().replace(
      /T=\S+ \S+ N=.*? P=/,
      `T=${Math.floor(Date.now() / 1000)} N=${'ab'.repeat(16)} P=`,
    );
    expect(captured).not.toBe(pasted());
    expect(bash(captured)).toMatch(/^HTTP\/1\.1 200 OK/);
    const replayed = bash(captured);
    expect(replayed).toMatch(/^HTTP\/1\.1 401 Unauthorized/);
    expect(replayed).toContain('"reason":"SIGNATURE_REPLAYED"');
  },
);

it('the secrets of the demo are in a private file, and nowhere else', () => {
  expect(statSync(join(dir, 'demo.txt')).mode & 0o777).toBe(0o600);
  expect(statSync(join(dir, 'master.key')).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
  const { out, err } = service.said();
  expect(out).toContain(join(dir, 'demo.txt'));
  expect(out + err).not.toMatch(/ks_test_|kss_/);
});

it('the file of the demo is written once: a second start leaves it unchanged', async () => {
  service.child.kill('SIGTERM');
  expect(await service.exited).toEqual({ code: 0, signal: null });
  const again = await startProcess({ KEYSEAL_DATA_DIR: dir, PORT: String(service.port) });
  await again.serving;
  expect(readFileSync(join(dir, 'demo.txt'), 'utf8')).toBe(shown);
  expect(again.said().out).not.toContain('demo.txt');
  expect((await fetch(`${again.url}/readyz`)).status).toBe(200);
  again.child.kill('SIGTERM');
  await again.exited;
});
