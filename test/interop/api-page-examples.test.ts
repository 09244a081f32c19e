import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect } from 'vitest';
import { freshFolder } from '../harness/fresh.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';

const run = promisify(execFile);

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', '#39': "'" };

/** The example of a procedure in a language, as a reader copies it. */
function exampleOn(page: string, procedure: string, language: string): string {
  const [, section = ''] = page.split(`<section id="${procedure}">`);
  const [, html = ''] =
    new RegExp(`<div class="in ${language}"><pre[^>]*>([\\s\\S]*?)</pre>`).exec(section) ?? [];
  return html
    .replaceAll(/<[^>]+>/g, '')
    .replaceAll(/&(lt|gt|amp|quot|#39);/g, (_, name) => ENTITIES[name] ?? '');
}

requires('bash', 'curl', 'openssl', 'python3', 'go').describe('the examples of /docs/api', () => {
  const { test } = requires('bash', 'curl', 'openssl', 'python3', 'go');
  let service: TestService;
  beforeAll(async () => {
    service = await startTestService();
  });
  afterAll(() => service.stop());

  test('work as copied: with a query, with JSON, and without a key', async () => {
    const page = await (await fetch(`${service.url}/docs/api`)).text();
    const { apiKey, signingSecret } = service.demo;
    const env = { ...process.env, KEYSEAL_API_KEY: apiKey ?? '', KEYSEAL_SIGNING_SECRET: signingSecret };
    for (const [language, file, program, ...options] of [
      ['curl', 'call.sh', 'bash'],
      ['python', 'call.py', 'python3'],
      ['go', 'call.go', 'go', 'run'],
    ] as const) {
      const answerOf = async (procedure: string) => {
        const path = join(await freshFolder(), file);
        await writeFile(path, exampleOn(page, procedure, language));
        return (await run(program, [...options, path], { env })).stdout;
      };
      expect(await answerOf('exemple'), language).toContain('"message":"Hello, ');
      expect(await answerOf('echo'), language).toContain('"result":{"data":{"text":');
      expect(await answerOf('health'), language).toContain('"status":"ok"');
    }
  });
});
