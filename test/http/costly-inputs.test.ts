import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const KIB = 1024;
const OWN_MAX_INPUT = 128 * KIB;
const MAX_VERIFY_INPUT = 640 * KIB;
const MAX_ECHO_INPUT = 640 * KIB;

const NEW_KEY = { name: 'x', environment: 'live', permissions: ['exemple:read'] };
const FORM = 'multipart/form-data; boundary=b';
const HEADER = 'content-disposition: form-data; name="a"';
const PART = `--b\r\n${HEADER}\r\n\r\n\r\n`;
const FILE = `--b\r\n${HEADER}; filename="x"\r\n\r\ntext\r\n`;
const END = '--b--\r\n';

let service: TestService;
let tenant: Person;
let key: Credentials;
beforeAll(async () => {
  service = await startTestService();
  const permissions = ['keys:write', 'upload:write', 'echo:write', 'requests:verify'];
  tenant = await signUp(service);
  key = await createKey(service, tenant, { permissions });
});
afterAll(() => service.stop());
afterEach(() => vi.restoreAllMocks());

interface PostOptions {
  readonly contentType?: string;
  /** Sent as `accept` and as `trpc-accept`. */
  readonly accept?: string | undefined;
}

function post(path: string, body: string, { contentType = 'application/json', accept }: PostOptions = {}) {
  const options = { authority: service.authority, method: 'POST', body, contentType };
  const draft = sign(key, `/api/${path}`, options);
  const accepts = ['accept', 'trpc-accept'].map((name) => [name, accept ?? ''] as const);
  return send(service.port, { ...draft, headers: [...draft.headers, ...(accept ? accepts : [])] });
}

/** JSON of this size whose property names all differ, which V8 parses slowest. */
function jsonOf(size: number): string {
  const names: string[] = [];
  for (let length = 2, i = 0; ; i++) {
    const property = `"${i.toString(36)}":0`;
    length += property.length + 1;
    if (length > size - 8) break;
    names.push(property);
  }
  const text = `{${names.join()}}`;
  return text + ' '.repeat(size - text.length);
}

describe('S7: JSON larger than its procedure needs', () => {
  it.each([
    ['keys.create', OWN_MAX_INPUT],
    ['keys.update', OWN_MAX_INPUT],
    ['verify', MAX_VERIFY_INPUT],
    ['upload', OWN_MAX_INPUT],
    ['echo', MAX_ECHO_INPUT],
    ['keys.create?batch=1', OWN_MAX_INPUT],
    ['echo,keys.create?batch=1', OWN_MAX_INPUT],
  ])('is refused by %s, and never parsed', async (path, max) => {
    const parse = vi.spyOn(JSON, 'parse');
    const [largest, tooLarge] = [jsonOf(max), jsonOf(max + 1)];
    const isParsed = (text: string) => parse.mock.calls.some(([parsed]) => parsed === text);
    await post(path, largest);
    expect(isParsed(largest)).toBe(true);
    // With any of these headers tRPC itself would parse the body.
    for (const accept of [undefined, 'x', 'application/jsonl', 'application/jsonl;q=1']) {
      const { text } = await post(path, tooLarge, { accept });
      expect(text).toContain('INPUT_INVALID');
      if (!accept) expect(text).toContain(`must have at most ${max} bytes as JSON`);
    }
    expect(isParsed(tooLarge)).toBe(false);
  });

  it('is parsed if it is the longest text that echo returns, each character escaped', async () => {
    const text = '\u4e00'.repeat(100_000);
    const escaped = `{"text":"${'\\u4e00'.repeat(100_000)}"}`;
    expect((await post('echo', escaped)).json.result.data).toMatchObject({ text });
  });

  it('leaves room for the largest key that can be created', async () => {
    const label = 'a'.repeat(59);
    const authorities = Array.from(
      { length: 64 },
      (_, i) => `${label}.${label}.${label}.${label}${i}.example`,
    );
    const body = JSON.stringify({ ...NEW_KEY, authorities, metadata: { text: 'é'.repeat(2_000) } });
    const escaped = body.replaceAll('é', '\\u00e9');
    const options = { authority: service.authority, method: 'POST', body: escaped, token: tenant.token };
    expect(await send(service.port, sign(tenant, '/api/keys.create', options))).toMatchObject({
      status: 200,
    });
  });
});

describe('S7: a form', () => {
  const dashes = '-'.repeat(500_000);
  it.each([
    ['of more than a hundred parts', FORM, PART.repeat(100) + FILE + END, 'BODY_TOO_LARGE'],
    [
      'with a part of 40 KB of headers',
      FORM,
      `--b\r\n${'x: y\r\n'.repeat(7_000)}${HEADER}\r\n\r\n\r\n${END}`,
      'BODY_TOO_LARGE',
    ],
    [
      'with 40 KB of headers in its parts',
      FORM,
      `--b\r\n${'a:\r\n'.repeat(200)}${HEADER}\r\n\r\n\r\n`.repeat(50) + END,
      'BODY_TOO_LARGE',
    ],
    ['whose headers do not end', FORM, `--b\r\nx: ${'y'.repeat(40_000)}`, 'BODY_TOO_LARGE'],
    ['without a boundary', 'multipart/form-data', PART + END, 'INPUT_INVALID'],
    [
      'whose boundary is a space',
      'multipart/form-data; boundary= ;',
      PART.replaceAll('--b', '-- ') + END,
      'INPUT_INVALID',
    ],
    [
      'whose boundary has more than 70 characters',
      `multipart/form-data; boundary=x${'-'.repeat(4_000)}`,
      dashes,
      'INPUT_INVALID',
    ],
  ])('%s is refused, before anything parses it', async (_, contentType, body, reason) => {
    const formData = vi.spyOn(Request.prototype, 'formData');
    const search = vi.spyOn(Buffer.prototype, 'indexOf');
    expect(await post('upload', body, { contentType })).toMatchObject({ reason });
    expect(formData).not.toHaveBeenCalled();
    if (reason === 'INPUT_INVALID')
      expect(search.mock.contexts.some((one) => (one as Buffer).length === body.length)).toBe(false);
  });

  it('is searched for its parts only once its caller may make the call', async () => {
    const other = await createKey(service, tenant, { permissions: ['echo:write'] });
    const search = vi.spyOn(Buffer.prototype, 'indexOf');
    const body = PART.repeat(100) + FILE + END;
    const options = { authority: service.authority, method: 'POST', body, contentType: FORM };
    expect(await send(service.port, sign(other, '/api/upload', options))).toMatchObject({
      reason: 'PERMISSION_DENIED',
    });
    expect(search.mock.calls.some(([value]) => String(value) === '--b')).toBe(false);
  });

  it.each([
    ['of a hundred parts', FORM, PART.repeat(99) + FILE + END],
    [
      'of Chromium',
      'multipart/form-data; boundary=----WebKitFormBoundaryA1',
      (PART + FILE + END).replaceAll('--b', '------WebKitFormBoundaryA1'),
    ],
    [
      'with another boundary beside its own',
      'multipart/form-data; charset=utf-8; boundary="b"; boundary=c',
      FILE + END,
    ],
  ])('%s is read', async (_, contentType, body) => {
    const { json } = await post('upload', body, { contentType });
    expect(json.result.data).toMatchObject({ name: 'x', size: 4 });
  });
});

describe('S7: metadata', () => {
  it.each<[string, object]>([
    ['properties', JSON.parse(jsonOf(60_000))],
    ['elements', { list: Array(30_000).fill(0) }],
    ['levels', { levels: JSON.parse('['.repeat(3_000) + ']'.repeat(3_000)) }],
  ])('of too many %s is not written out to be measured', async (_, metadata) => {
    const stringify = vi.spyOn(JSON, 'stringify');
    const body = JSON.stringify({ ...NEW_KEY, metadata });
    stringify.mockClear();
    const { json } = await post('keys.create', body);
    expect(json.error.data.issues).toEqual([
      { path: 'metadata', message: 'must have at most 4096 bytes as JSON' },
    ]);
    expect(
      stringify.mock.calls.some(([value]) => value === metadata || JSON.stringify(value).length > 5_000),
    ).toBe(false);
  });
});
