import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { createKeysealClient } from '../../../client/create-client.ts';
import { clientOf, expectGood, PASSWORD, signUp, visited } from '../../harness/console.ts';
import { freshFolder } from '../../harness/fresh.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000 });

const root = join(import.meta.dirname, '..', '..', '..');
const run = promisify(execFile);

/** What shells, Python and JavaScript would each read differently. */
const TEXT = `it's "ü" $HOME \`id\` %s \\n 😀 é`;

/** How each language is run, by the name of its tab. */
const PROGRAMS = [
  ['curl', 'call.sh', ['bash']],
  ['TypeScript', 'call.mts', [process.execPath, join(root, 'node_modules/tsx/dist/cli.mjs')]],
  ['Python', 'call.py', ['python3']],
  ['Go', 'call.go', ['go', 'run']],
] as const;

requires('browser', 'bash', 'curl', 'openssl', 'python3', 'go').describe(
  'the call of the playground as code',
  () => {
    const { test } = requires('browser', 'bash', 'curl', 'openssl', 'python3', 'go');
    const at = visited();

    /** Runs the code of each tab as it is shown. @returns what each printed */
    async function printed(env: Record<string, string>): Promise<string[]> {
      const answers: string[] = [];
      for (const [language, file, [program, ...options]] of PROGRAMS) {
        await at.page.getByRole('tab', { name: language, exact: true }).click();
        const code = at.page.getByLabel(`The call in ${language}`, { exact: true });
        const path = join(await freshFolder(), file);
        await writeFile(path, (await code.textContent()) ?? '');
        const { stdout } = await run(program, [...options, path], { env: { ...process.env, ...env } });
        answers.push(stdout);
      }
      return answers;
    }

    test('works as shown, with the secrets in the environment', async () => {
      const email = await signUp(at.page);
      const client = await clientOf(at.service, email);
      const { secret, signingSecret } = await client.keys.create.mutate({
        ...{ name: 'Copied', environment: 'test', permissions: ['echo:write', 'exemple:read'] },
      });
      const session = await createKeysealClient({ url: at.service.url }).auth.signIn.mutate({
        ...{ email, password: PASSWORD },
      });
      if ('next' in session) throw new Error('a second factor');
      const env = {
        KEYSEAL_API_KEY: secret ?? '',
        KEYSEAL_SIGNING_SECRET: signingSecret ?? '',
        KEYSEAL_USER_TOKEN: session.session.accessToken,
      };
      await at.page.goto('/playground?procedure=echo');
      await at.page.getByLabel('text').fill(TEXT);
      await at.page.getByRole('heading', { name: 'The call as code' }).waitFor();
      for (const answer of await printed(env)) expect(answer).toContain(JSON.stringify(TEXT).slice(1, -1));
      const form = at.page.getByLabel('Signature format');
      await form.selectOption('rfc9421');
      for (const answer of await printed(env)) expect(answer).toContain(JSON.stringify(TEXT).slice(1, -1));
      expect(await at.page.getByLabel('The call in Go', { exact: true }).textContent()).toContain(
        '"signature-input"',
      );
      await at.page.setViewportSize({ width: 360, height: 740 });
      await expectGood(at.page, 'playground-code');

      await at.page.goto('/playground?procedure=whoami');
      await at.page.getByLabel('A key, on my behalf').check();
      for (const name of ['v1', 'rfc9421']) {
        await form.selectOption(name);
        for (const answer of await printed(env)) expect(answer).toContain(`"email":"${email}"`);
      }
      await at.page.getByLabel('Me, with my session').check();
      await at.page.getByText('Your session signs only in this browser.').waitFor();
      expect(await at.page.getByRole('tab', { name: 'curl' }).count()).toBe(0);
    });

    test('needs neither a key nor a signature for a public procedure', async () => {
      const email = await signUp(at.page);
      await at.page.goto('/playground?procedure=auth.signIn');
      await at.page.getByLabel('email').fill(email);
      await at.page.getByLabel('password').fill(`not '${PASSWORD}'`);
      for (const answer of await printed({})) expect(answer).toContain('CREDENTIALS_INVALID');
    });
  },
);
