import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient } from '../../client/index.ts';
import { keyseal } from '../harness/cli.ts';
import { withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';

let service: TestService;
let folder: string;
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  service = await startTestService();
  folder = await mkdtemp(join(tmpdir(), 'keyseal-receipt-'));
  const directory = await fetch(`${service.url}/.well-known/http-message-signatures-directory`);
  await writeFile(at('directory.json'), await directory.text());
  let nth = 0;
  const onReceipt = ({ file }: { file: string }) => writeFile(at(`${++nth}.json`), file);
  const client = createKeysealClient({ ...withKey(service), onReceipt });
  for (const text of ['one', 'two', 'three']) await client.echo.mutate({ text });
});
afterAll(() => service.stop());

const verify = (files: readonly string[], keys = 'directory.json', more: readonly string[] = []) =>
  keyseal(['receipt', 'verify', ...files.map(at), '--keys', at(keys), ...more]);

describe('receipt verify', () => {
  it('prints what a receipt proves, without the service', async () => {
    const { code, out, err } = await verify(['1.json']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^Receipt 1 of \S+, 20\d\d-/);
    expect(out).toContain(`POST ${service.url}/api/echo?batch=1, signed by ${service.demo.id}`);
  });

  it('checks that receipts follow each other', async () => {
    const { code, json } = await verify(['3.json', '1.json', '2.json'], 'directory.json', ['--json']);
    expect(code).toBe(0);
    const [third, , second] = json.receipts;
    expect([third.sequence, third.previous]).toEqual([3, second.link]);
    // A gap proves nothing against them.
    expect((await verify(['1.json', '3.json'])).code).toBe(0);
  });

  it('refuses a changed receipt with a message', async () => {
    const text = await readFile(at('1.json'), 'utf8');
    await writeFile(at('changed.json'), text.replace(/one(?=\\",\\"caller)/, 'two'));
    const { code, out, err } = await verify(['2.json', 'changed.json']);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /changed\.json could not be verified\. The body of the response is not the signed one\.\n$/,
    );
  });

  it.each([
    ['a file that is not there', ['absent.json'], 'directory.json', /absent\.json cannot be read: ENOENT/],
    ['a directory that is none', ['1.json'], '1.json', /1\.json is not a directory of keys/],
    ['a receipt that is none', ['directory.json'], 'directory.json', /The file is not a receipt/],
  ])('refuses %s', async (_, files, keys, message) => {
    const { code, err } = await verify(files, keys);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
  });
});
