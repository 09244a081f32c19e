import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';
import { clientOf, signUp, visited } from '../../harness/console.ts';
import { requires } from '../../harness/requires.ts';

vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);

/** What shells, Python and HTTPie would each read differently. */
const TEXT = `it's "ü" $HOME \`id\` %s \\n \\ 😀 é := == @x`;

requires('browser', 'bash', 'openssl', 'httpie').describe('the call of the playground for HTTPie', () => {
  const { test } = requires('browser', 'bash', 'openssl', 'httpie');
  const at = visited();

  async function copied(): Promise<string> {
    await at.page.getByRole('tab', { name: 'HTTPie', exact: true }).click();
    await at.page.getByRole('button', { name: 'Copy: The call in HTTPie', exact: true }).click();
    return (await at.page.evaluate('navigator.clipboard.readText()')) as string;
  }

  test('works as copied, with JSON and with a query', async () => {
    await at.visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const email = await signUp(at.page);
    const client = await clientOf(at.service, email);
    const { secret, signingSecret } = await client.keys.create.mutate({
      ...{ name: 'Copied', environment: 'test', permissions: ['echo:write', 'exemple:read'] },
    });
    const env = {
      ...process.env,
      KEYSEAL_API_KEY: secret ?? '',
      KEYSEAL_SIGNING_SECRET: signingSecret ?? '',
    };
    const answerTo = async (code: string) => (await run('bash', ['-c', code], { env })).stdout;

    await at.page.goto('/playground?procedure=echo');
    await at.page.getByLabel('text').fill(TEXT);
    expect(await answerTo(await copied())).toContain(JSON.stringify(TEXT).slice(1, -1));
    await at.page.goto('/playground?procedure=exemple');
    await at.page.getByLabel('name').fill(TEXT);
    expect(await answerTo(await copied())).toContain(JSON.stringify(TEXT).slice(1, -1));
  });
});
