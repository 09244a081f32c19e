import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createKey, type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, send, sign } from '../harness/wire.ts';

const KIB = 1024;
const OWN_MAX_INPUT = 128 * KIB;
const MAX_VERIFY_INPUT = 640 * KIB;

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
  readonly trpcAccept?: string | undefined;
}

function post(
  path: string,
  body: string,
  { contentType = 'application/json', trpcAccept }: PostOptions = {},
) {
  const options = { authority: service.authority, method: 'POST', body, contentType };
  const draft = sign(key, `/api/${path}`, options);
  const headers = trpcAccept ? [...draft.headers, ['trpc-accept', trpcAccept] as const] : draft.headers;
  return send(service.port, { ...draft, headers });
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
    ['keys.create?batch=1', OWN_MAX_INPUT],
    ['echo,keys.create?batch=1', OWN_MAX_INPUT],
  ])('is refused by %s, and never parsed', async (path, max) => {
    const parse = vi.spyOn(JSON, 'parse');
    const [largest, tooLarge] = [jsonOf(max), jsonOf(max + 1)];
    const isParsed = (text: string) => parse.mock.calls.some(([parsed]) => parsed === text);
    await post(path, largest);
    expect(isParsed(largest)).toBe(true);
    // tRPC streams batches alone.
    for (const trpcAccept of path.includes('batch') ? [undefined, 'application/jsonl'] : [undefined]) {
      const { text } = await post(path, tooLarge, { trpcAccept });
      expect(text).toContain('INPUT_INVALID');
      expect(text).toContain(`must have at most ${max} bytes as JSON`);
    }
    expect(isParsed(tooLarge)).toBe(false);
  });

  it('is parsed for a procedure that sets no limit', async () => {
    const text = 'x'.repeat(100_000);
    const body = JSON.stringify({ text }).padEnd(1024 * KIB);
    expect((await post('echo', body)).json.result.data).toMatchObject({ text });
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
  it.each([
    ['of more than a hundred parts', PART.repeat(100) + FILE + END],
    [
      'with a part of more than 4 KiB of headers',
      `--b\r\n${'x: y\r\n'.repeat(700)}${HEADER}\r\n\r\n\r\n${END}`,
    ],
    ['whose headers do not end', `--b\r\nx: ${'y'.repeat(20_000)}`],
  ])('%s is refused, before anything parses it', async (_, body) => {
    const formData = vi.spyOn(Request.prototype, 'formData');
    const refused = await post('upload', body, { contentType: FORM });
    expect(refused).toMatchObject({ status: 413, reason: 'BODY_TOO_LARGE' });
    expect(refused.text).toContain('at most 100 parts');
    expect(formData).not.toHaveBeenCalled();
  });

  it('of a hundred parts is read', async () => {
    const { json } = await post('upload', PART.repeat(99) + FILE + END, { contentType: FORM });
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
