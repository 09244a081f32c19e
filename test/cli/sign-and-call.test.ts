import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyseal } from '../harness/cli.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { requires } from '../harness/requires.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Credentials, send } from '../harness/wire.ts';

let service: TestService;
let env: Record<string, string>;
/** A person, and a key of their workspace that calls for them. */
let ada: Person;
let adasKey: Credentials;

const envOf = ({ apiKey, signingSecret }: Credentials) => ({
  KEYSEAL_API_KEY: String(apiKey),
  KEYSEAL_SIGNING_SECRET: signingSecret,
  KEYSEAL_URL: service.url,
});

beforeAll(async () => {
  service = await startTestService();
  env = envOf(service.demo);
  ada = await signUp(service);
  adasKey = await createKey(service, ada, { permissions: ['echo:write', 'exemple:read'] });
});
afterAll(() => service.stop());

describe('keyseal sign', () => {
  const sent = async (args: string[], more: { stdin?: string } = {}): Promise<Answer> => {
    const { code, err, json } = await keyseal(['sign', ...args, '--json'], { env, ...more });
    expect([code, err]).toEqual([0, '']);
    const { pathname, search, host } = new URL(json.url);
    return send(service.port, {
      method: json.method,
      target: pathname + search,
      headers: [['host', host], ...(Object.entries(json.headers) as [string, string][])],
      body: json.body === null ? null : Buffer.from(json.body),
    });
  };

  it('signs a query and a mutation as they are sent', async () => {
    const target = `${service.url}/api/exemple?input=${encodeURIComponent('{"name":"d’Ada\'s"}')}`;
    expect((await sent(['GET', target])).json.result.data.message).toContain("d’Ada's");
    expect((await sent(['post', `${service.url}/api/echo`, '{"text":"été"}'])).json.result.data.text).toBe(
      'été',
    );
    const read = await sent(['POST', `${service.url}/api/echo`, '-'], { stdin: '{"text":"from\\nstdin"}' });
    expect(read.json.result.data.text).toBe('from\nstdin');
  });

  it('prints no secret in the call to paste', async () => {
    const args = ['sign', 'POST', `${service.url}/api/echo`, '{"text":"it\'s"}'];
    const { out } = await keyseal(args, { env: { ...envOf(adasKey), KEYSEAL_USER_TOKEN: ada.token } });
    expect(out).toMatch(/^curl /);
    for (const secret of [adasKey.apiKey, adasKey.signingSecret, ada.token])
      expect(out).not.toContain(secret);
  });

  requires('bash', 'curl').test('prints a call that works once, and is refused a second time', async () => {
    const text = `{"text":"it's $HOME \`id\` @file"}`;
    for (const args of [
      ['GET', `${service.url}/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D`],
      ['POST', `${service.url}/api/echo`, text],
    ]) {
      const { out } = await keyseal(['sign', ...args], { env });
      const paste = () => runBash(out);
      expect(await paste()).toContain(args[0] === 'GET' ? 'Hello, Ada!' : JSON.parse(text).text);
      expect(await paste()).toContain('SIGNATURE_REPLAYED');
    }
  });

  /** Without blocking the event loop, on which the service in this process responds. */
  async function runBash(script: string): Promise<string> {
    const { execFile } = await import('node:child_process');
    const variables = { ...env, PATH: process.env['PATH'] };
    return new Promise((resolve) => {
      execFile('bash', ['-c', script], { env: variables }, (_, stdout, stderr) => resolve(stdout + stderr));
    });
  }

  it.each<[string[], number, RegExp]>([
    [
      ['HEAD', 'http://localhost/api/exemple'],
      64,
      /The method must be one of GET, POST, PUT, PATCH, DELETE, not "HEAD"/,
    ],
    [['GET', 'localhost/api'], 64, /is not a URL/],
    [['GET', 'http://localhost/', 'body'], 64, /GET has no body/],
  ])('refuses %j', async (args, code, sentence) => {
    expect(await keyseal(['sign', ...args], { env })).toMatchObject({
      code,
      err: expect.stringMatching(sentence),
    });
  });

  it.each<[string, Record<string, string>, RegExp]>([
    ['without a key', {}, /KEYSEAL_API_KEY and KEYSEAL_SIGNING_SECRET are not set/],
    ['with half of one', { KEYSEAL_API_KEY: 'x' }, /KEYSEAL_SIGNING_SECRET is not set/],
    [
      'with one of another form',
      { KEYSEAL_API_KEY: 'hunter2', KEYSEAL_SIGNING_SECRET: 'kss_x' },
      /must be an API key/,
    ],
  ])('names what is missing and prints no secret, %s', async (_, variables, sentence) => {
    const { code, err } = await keyseal(['sign', 'GET', service.url], { env: variables });
    expect([code, err]).toEqual([78, expect.stringMatching(sentence)]);
    expect(err).not.toContain('hunter2');
  });

  it('accepts no secret as an argument', () => {
    const { stdout } = spawnSync(process.execPath, ['dist/cli/main.js', 'sign', '--help'], {
      encoding: 'utf8',
    });
    expect(stdout).not.toMatch(/--(api-)?key|--secret|--token/);
  });
});

describe('keyseal call', () => {
  it('prints the answer of a query or a mutation as JSON', async () => {
    const query = await keyseal(['call', 'exemple', '{"name":"Ada"}'], { env });
    expect(query).toMatchObject({ code: 0, err: '' });
    expect(query.json.message).toBe('Hello, Ada!');
    const mutation = await keyseal(['call', 'echo', '-', '--json'], { env, stdin: '{"text":"hi"}' });
    expect(mutation.json).toEqual({ text: 'hi', caller: { keyId: service.demo.id, userId: null } });
    expect(mutation.out.trimEnd()).not.toContain('\n');
    const open = await keyseal(['call', 'health'], { env: { KEYSEAL_URL: service.url } });
    expect(open.json.status).toBe('ok');
    const unknown = await keyseal(['call', 'nothing.like.it', '--as', 'query'], { env });
    expect([unknown.code, unknown.err]).toEqual([77, expect.stringContaining('PROCEDURE_NOT_FOUND')]);
  });

  it('calls on behalf of a user if the environment has a user token', async () => {
    const result = await keyseal(['call', 'echo', '{"text":"hi"}'], {
      env: { ...envOf(adasKey), KEYSEAL_USER_TOKEN: ada.token },
    });
    expect(result.json.caller).toEqual({ keyId: adasKey.id, userId: ada.userId });
  });

  it('exits with 77 and the reason if the service refuses', async () => {
    const weak = await createKey(service, service.demo, { permissions: ['echo:write'] });
    const denied = await keyseal(['call', 'exemple', '--json'], { env: envOf(weak) });
    expect([denied.code, denied.out]).toEqual([77, '']);
    const { error } = JSON.parse(denied.err);
    expect(error).toMatchObject({ exit: 77, reason: 'PERMISSION_DENIED', missing: 'exemple:read' });
    await mutate(service, service.demo, 'keys.revoke', { id: weak.id });
    const revoked = await keyseal(['call', 'exemple'], { env: envOf(weak) });
    expect([revoked.code, revoked.err]).toEqual([
      77,
      'keyseal: KEY_REVOKED: The API key has been revoked.\n',
    ]);
    const wrong = await keyseal(['call', 'echo', '{}'], { env });
    expect([wrong.code, wrong.err]).toEqual([
      77,
      expect.stringMatching(/^keyseal: INPUT_INVALID: .* text: /),
    ]);
  });

  it('exits with 69 if nothing answers, or another program does', async () => {
    const gone = await keyseal(['call', 'exemple', '--url', 'http://127.0.0.1:1'], { env });
    expect([gone.code, gone.err]).toEqual([
      69,
      expect.stringMatching(/^keyseal: http:\/\/127.0.0.1:1 did not respond like a Keyseal service[^\n]+\n$/),
    ]);
  });

  it.each([
    [
      'http://[fe80::1]:3000',
      /^(cannot be reached: (the address belongs to one network interface|no route)|does not answer)/,
    ],
    ['http://nowhere.invalid', /^cannot be found: DNS does not resolve the host \(E/],
  ])('says why %s cannot be reached', async (url, why) => {
    const gone = await keyseal(['call', 'exemple', '--url', url], { env });
    expect([gone.code, gone.err.slice(`keyseal: ${url} `.length)]).toEqual([69, expect.stringMatching(why)]);
  });
});
