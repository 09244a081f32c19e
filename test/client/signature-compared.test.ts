import { readFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKeysealClient, type KeysealClient, KeysealRefusal } from '../../client/index.ts';
import { compareBases } from '../../client/signing/compare-signature-bases.ts';
import { REFUSALS } from '../../shared/refusals.ts';
import { EMPTY_SHA256, signatureBase } from '../../shared/signature.ts';
import { newKey, newSession, withKey } from '../harness/clients.ts';
import { startTestService, type TestService } from '../harness/service.ts';

interface Passing {
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the proxy between the client and the service makes of a request. */
let rewrite: (passing: Passing) => Partial<Passing> = () => ({});
let proxy: Server;
let service: TestService;

beforeAll(async () => {
  proxy = createServer(async (incoming, response) => {
    const { url: target = '', headers, method } = incoming;
    const came = { target, headers, body: await buffer(incoming) };
    const { target: path, headers: all, body } = { ...came, ...rewrite(came) };
    const { 'transfer-encoding': _, ...passed } = all;
    const length = method === 'POST' ? { 'content-length': body.length } : {};
    const onward = request(
      { port: service.port, method, path, headers: { ...passed, ...length }, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    onward.end(body);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  const origins = `http://127.0.0.1:${port},http://other.example`;
  service = await startTestService({ env: { KEYSEAL_PUBLIC_ORIGINS: origins } });
});
afterAll(async () => {
  await service.stop();
  proxy.closeAllConnections();
  proxy.close();
});

/** The refusal of a call whose request is rewritten on its way. */
async function refused(
  call: (client: KeysealClient) => Promise<unknown>,
  rewriting: typeof rewrite,
  options: Parameters<typeof createKeysealClient>[0] = withKey(service),
): Promise<KeysealRefusal> {
  rewrite = rewriting;
  try {
    await call(createKeysealClient(options));
  } catch (error) {
    if (error instanceof KeysealRefusal) return error;
    throw error;
  } finally {
    rewrite = () => ({});
  }
  throw new Error('it was not refused');
}

/** The lines of the comparison: mark, number, name, and both cells. */
function rowsOf({ message }: KeysealRefusal) {
  return [...message.matchAll(/^([> ]) ( \d|10) {2}(.{14}) (.{42}) (.*)$/gm)].map(
    ([, mark, number, name = '', signed = '', received]) => ({
      marked: mark === '>',
      line: `${Number(number)} ${name.trim()}`,
      signed: signed.trim(),
      received,
    }),
  );
}

const header =
  (name: string, value: string) =>
  ({ headers }: Passing) => ({ headers: { ...headers, [name]: value } });
const ada = (client: KeysealClient) => client.exemple.query({ name: "Ada O'Neill" });
const echo = (client: KeysealClient) => client.echo.mutate({ text: 'hello' });
const spaced = ({ body }: Passing) => ({ body: Buffer.from(JSON.stringify(JSON.parse(`${body}`), null, 1)) });

describe('a signature that is refused outside production', () => {
  it.each<[string, string, string, (client: KeysealClient) => Promise<unknown>, typeof rewrite]>([
    ['6 authority', '127.0.0.1:', 'other.example', ada, header('host', 'other.example')],
    [
      '7 path?query',
      '%20O%27Neill',
      "%20O'Neill",
      ada,
      ({ target }) => ({ target: target.replace('%27', "'") }),
    ],
    [
      '7 path?query',
      '/api/exemple?',
      '/api/exemple',
      ada,
      ({ target }) => ({ target: target.split('?')[0] ?? '' }),
    ],
    ['8 content-type', 'application/json', 'text/plain', echo, header('content-type', 'text/plain')],
    ['10 body sha256', '', '', echo, spaced],
  ])('shows both bases, and marks line %s', async (line, signed, received, call, rewriting) => {
    const refusal = await refused(call, rewriting);
    expect(refusal.reason).toBe('SIGNATURE_INVALID');
    const rows = rowsOf(refusal);
    expect(rows).toHaveLength(10);
    const marked = rows.filter((row) => row.marked);
    expect(marked).toMatchObject([{ line }]);
    expect(marked[0]?.signed).toContain(signed);
    expect(marked[0]?.received).toContain(received);
    expect(marked[0]?.signed).not.toBe(marked[0]?.received);
    for (const row of rows.filter((other) => !other.marked)) expect(row.received, row.line).toBe(row.signed);
    expect(refusal.message).toContain(`The first line that differs is ${line.replace(' ', ', ')}:`);
  });

  it('marks line 9 if the user token was lost on the way', async () => {
    const session = await newSession(service);
    const { id: _, ...key } = await newKey(createKeysealClient({ url: service.url, session }), ['profile:*']);
    const lost = ({ headers: { 'x-user-token': _token, ...headers } }: Passing) => ({ headers });
    const options = { url: service.url, ...key, session };
    const refusal = await refused((client) => client.profile.query(), lost, options);
    expect(rowsOf(refusal).filter(({ marked }) => marked)).toMatchObject([{ line: '9 token sha256' }]);
    for (const secret of [key.apiKey, key.signingSecret, session.accessToken, session.signingSecret]) {
      expect(refusal.message).not.toContain(secret);
    }
  });

  it('puts a mark under the first character that differs', async () => {
    const typed = header('content-type', 'application/json; charset=utf-8');
    const lines = (await refused(echo, typed)).message.split('\n');
    const row = lines.findIndex((line) => line.startsWith('>'));
    const [first = 0, second = 0] = [...(lines[row + 1] ?? '').matchAll(/\^/g)].map(({ index }) => index);
    expect(lines[row]?.slice(0, first)).toMatch(/ application\/json$/);
    expect(lines[row]?.slice(second)).toBe('; charset=utf-8');
  });

  it('blames the secret if both bases are equal', async () => {
    const options = { ...withKey(service), signingSecret: `kss_${'A'.repeat(43)}` };
    const refusal = await refused(ada, () => ({}), options);
    expect(refusal.message).toContain('Both bases are the same: the signing secret is not the one');
    expect(rowsOf(refusal).filter(({ marked }) => marked)).toEqual([]);
  });

  it('shows only the part of a long line around the difference', async () => {
    const long = (client: KeysealClient) => client.keys.list.query({ search: `${'a'.repeat(2000)}b` });
    const refusal = await refused(long, ({ target }) => ({ target: target.replace(/ab(?=%22)/, 'ac') }));
    const [marked] = rowsOf(refusal).filter((row) => row.marked);
    expect(marked?.signed).toMatch(/^…a+b%22/);
    expect(marked?.received).toMatch(/^…a+c%22/);
    expect(refusal.message.length).toBeLessThan(2000);
  });

  it('is explained to every call of a batch, to bytes, and to a stream', async () => {
    const moved = ({ target }: Passing) => ({ target: `${target}${target.includes('?') ? '&' : '?'}x=1` });
    const both = (client: KeysealClient) =>
      Promise.allSettled([ada(client), client.whoami.query()]).then((outcomes) => {
        const reasons = outcomes.map((outcome) => (outcome as PromiseRejectedResult).reason);
        expect(reasons.map(({ message }) => message)).toEqual([reasons[0].message, reasons[0].message]);
        throw reasons[0];
      });
    const bytes = (client: KeysealClient) => client.upload.mutate(new Uint8Array([1, 2, 3]));
    const stream = (client: KeysealClient) =>
      new Promise((resolve, onError) =>
        client.clock.subscribe({}, { onError, onComplete: () => resolve(null) }),
      );
    for (const call of [both, bytes, stream]) {
      const refusal = await refused(call, moved);
      expect(rowsOf(refusal).filter(({ marked }) => marked)).toMatchObject([{ line: '7 path?query' }]);
      expect(refusal.details.docs).toBe(`${service.url}/docs/refusals#SIGNATURE_INVALID`);
    }
  });
});

describe('a signature in the form of RFC 9421 that is refused outside production', () => {
  const standard = () => ({ ...withKey(service), signatures: 'rfc9421' as const });
  /** The rows: mark, number, identifier, and both cells. */
  const rows = ({ message }: KeysealRefusal) =>
    [...message.matchAll(/^([> ]) ( \d|\d\d) {2}("[^"]+"[^ ]*) +(\S.{0,40}?) {2,}(\S.*)$/gm)].map(
      ([, mark, , name, signed, received]) => ({ marked: mark === '>', name, signed, received }),
    );

  it.each<[string, string, string, (client: KeysealClient) => Promise<unknown>, typeof rewrite]>([
    ['"@target-uri"', '127.0.0.1', 'other.example', ada, header('host', 'other.example')],
    ['"content-type"', 'application/json', 'text/plain', echo, header('content-type', 'text/plain')],
    [
      '"content-digest"',
      'sha-256',
      'sha-256=:AA',
      echo,
      header('content-digest', `sha-256=:${'A'.repeat(43)}=:`),
    ],
  ])('shows both bases line by line, and marks %s', async (name, signed, received, call, rewriting) => {
    const refusal = await refused(call, rewriting, standard());
    const all = rows(refusal);
    expect(all.filter(({ marked }) => marked)).toMatchObject([{ name }]);
    const [marked] = all.filter((row) => row.marked);
    expect([marked?.signed, marked?.received]).toEqual([
      expect.stringContaining(signed),
      expect.stringContaining(received),
    ]);
    expect(all.at(-1)?.name).toBe('"@signature-params"');
    expect(refusal.message).toMatch(new RegExp(`The first line that differs is \\d, ${name}:`));
  });

  it('blames the secret if both bases are equal', async () => {
    const options = { ...standard(), signingSecret: `kss_${'A'.repeat(43)}` };
    const refusal = await refused(ada, () => ({}), options);
    expect(refusal.message).toContain('Both bases are the same: the signing secret is not the one');
    expect(rows(refusal).filter(({ marked }) => marked)).toEqual([]);
  });

  it('shows no token, whether or not it is the line that differs', async () => {
    const session = await newSession(service);
    const call = (client: KeysealClient) => client.workspaces.list.query();
    const moved = ({ target }: Passing) => ({ target: `${target}&x=1` });
    const options = { url: service.url, session, signatures: 'rfc9421' as const };
    const refusal = await refused(call, moved, options);
    expect(refusal.message).toContain('"authorization"');
    expect(refusal.message).not.toContain(session.accessToken.slice(0, 20));
    expect(refusal.message).toContain(`Bearer (hidden, ${session.accessToken.length} characters)`);
    const marked = rows(refusal).filter((row) => row.marked);
    expect(marked).toMatchObject([{ name: '"@target-uri"' }]);
    // A service from before shows its own.
    const other = compareBases('"authorization": Bearer a.b.c', '"authorization": Bearer d.e.f');
    expect(other).toMatch(/^> +1 +"authorization" +.*\(hidden, 5 characters\) +.*another one$/m);
    const shown = compareBases(
      '"authorization": Bearer a.b.c',
      '"authorization": Bearer (hidden, 5 characters)',
    );
    expect(shown).toContain('Both bases are the same, except perhaps for what is hidden:');
  });

  it('shows that a covered secret was not sent', () => {
    const shown = compareBases('"cookie": a=1', '"cookie": (no value in this request)');
    expect(shown).toMatch(/^> +1 +"cookie" +\(hidden, 3 characters\) +\(no value in this request\)$/m);
  });

  it('contains no control characters, and is short', () => {
    const hostile = `"x${'y'.repeat(100_000)}": \u001b[2J\u202e\n`.repeat(500);
    const shown = compareBases('"@method": GET\n"@signature-params": ()', hostile);
    expect(shown).toMatch(/^[\x20-\x7e\n…]+$/);
    expect(shown.length).toBeLessThan(2000);
  });
});

it.each(['en', 'fr'])('is shown in docs/%s/client.md as it is', (language) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs', language, 'client.md'), 'utf8');
  const base = (name: string) =>
    signatureBase({
      ...{ k: 'CLDUdvdr0Uwf', t: 1795941310, nonce: '61QTC4XATWS8PHp9NHfYjF' },
      ...{ method: 'GET', authority: 'localhost:3000', contentType: '' },
      target: `/api/exemple?input=%7B%22name%22%3A%22${name}%22%7D`,
      ...{ tokenDigest: EMPTY_SHA256, bodyDigest: EMPTY_SHA256 },
    });
  const shown = compareBases(base('O%27Neill'), base("O'Neill"));
  expect(page).toContain(`\`\`\`\n${REFUSALS.SIGNATURE_INVALID.message} ${shown}\n\`\`\``);
});

describe('an answer that another server forged', () => {
  const client = (base: unknown) =>
    createKeysealClient({
      ...withKey(service),
      fetch: async () => {
        const data = { reason: 'SIGNATURE_INVALID', httpStatus: 401, code: 'UNAUTHORIZED', debug: { base } };
        return Response.json({ error: { message: 'No.', code: -32001, data } }, { status: 401 });
      },
    });
  const messageOf = (base: unknown) =>
    ada(client(base)).then(
      () => '',
      (error: Error) => error.message,
    );

  it('shows no control characters, and is as short as any other', async () => {
    const message = await messageOf(`\u001b[2J\u202e\n${'x'.repeat(100_000)}\n`.repeat(50));
    expect(message).toMatch(/^[\x20-\x7e\n…]+$/);
    expect(message.length).toBeLessThan(2000);
  });

  it.each([7, null, {}, ''])('with %j for a base is still a refusal', async (base) => {
    expect(await messageOf(base)).toMatch(/^No\./);
  });
});
