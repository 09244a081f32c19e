import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordedContract } from '../contract/recorded.ts';
import { callPublic, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, send, sign } from '../harness/wire.ts';

/** What Postgres does not store as it was sent. */
const NOT_STORED = [
  ['a lone high surrogate', 'a\ud800b'],
  ['a lone low surrogate', 'a\udc00b'],
] as const;
const NUL = ['NUL', 'a\0b'] as const;
/** What makes a name look like another. */
const OVERRIDES = ['\u202a', '\u202b', '\u202c', '\u202d', '\u202e', '\u2066', '\u2067', '\u2068', '\u2069'];
/**
 * Of `echo` nothing is stored, and `verify` verifies a request as it was reported. Passwords are hashed as bytes, of which NUL
 * is one.
 */
const FREE = ['echo', 'verify'];
const HASHED = ['password', 'newPassword', 'currentPassword'];

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const keyInput = (more: object) => ({
  name: 'A key',
  environment: 'test',
  permissions: ['exemple:read'],
  ...more,
});
const issuesOf = ({ json }: Answer): { path: string; message: string }[] => json.error.data.issues;

interface Recorded {
  readonly type?: string;
  readonly enum?: unknown;
  readonly const?: unknown;
  readonly pattern?: string;
  readonly format?: string;
  readonly properties?: Record<string, Recorded>;
  readonly items?: Recorded;
  readonly anyOf?: readonly Recorded[];
}

/** The patterns of every string in an input, by its path. */
function textsOf(schema: Recorded, path: string): [path: string, schema: Recorded][] {
  if (schema.type === 'string' && schema.enum === undefined && schema.const === undefined)
    return [[path, schema]];
  return [
    ...Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => textsOf(inner, `${path}.${name}`)),
    ...(schema.items ? textsOf(schema.items, `${path}[]`) : []),
    ...(schema.anyOf ?? []).flatMap((inner) => textsOf(inner, path)),
  ];
}

describe('D10: every text of every input', () => {
  const inputs = Object.entries(recordedContract().procedures)
    .filter(([name]) => !FREE.includes(name))
    .flatMap(([name, { input }]) => textsOf((input ?? {}) as Recorded, name));

  it('is found by this test', () => {
    expect(inputs.length).toBeGreaterThan(30);
  });

  it.each(inputs)('%s has a form that refuses half a character', (path, { pattern, format }) => {
    // Of hosts and IP addresses, which have their own syntax.
    if (/\.(authorities|allowedAddresses)\[\]$/.test(path)) return;
    expect(pattern ?? format).toBeDefined();
    const name = path.split('.').at(-1) as string;
    const refused = HASHED.includes(name) ? NOT_STORED : [...NOT_STORED, NUL];
    if (pattern !== undefined) {
      for (const [, text] of refused) expect(new RegExp(pattern, 'u').test(text)).toBe(false);
    }
  });
});

describe('D10: text that cannot be stored unchanged is refused, by the name of its field', () => {
  it.each([...NOT_STORED, NUL])('%s', async (_, text) => {
    const answers: [field: string, answer: Answer][] = [
      ['name', await mutate(service, ada, 'keys.create', keyInput({ name: text }))],
      ['externalId', await mutate(service, ada, 'keys.create', keyInput({ externalId: text }))],
      ['metadata', await mutate(service, ada, 'keys.create', keyInput({ metadata: { note: text } }))],
      ['metadata', await mutate(service, ada, 'keys.create', keyInput({ metadata: { [text]: 1 } }))],
      ['search', await query(service, ada, 'keys.list', { search: text })],
      ['cursor', await query(service, ada, 'keys.list', { cursor: text })],
      ['id', await query(service, ada, 'keys.get', { id: text })],
      ['reason', await mutate(service, ada, 'keys.revoke', { id: 'key_x', reason: text })],
      ['name', await mutate(service, ada, 'workspaces.create', { name: text })],
      ['name', await mutate(service, ada, 'auth.updateProfile', { name: text })],
      ['subject', await query(service, ada, 'audit.list', { subject: text })],
      ['externalId', await mutate(service, ada, 'owners.update', { externalId: text, credits: null })],
    ];
    for (const [field, answer] of answers) {
      expect(answer.reason).toBe('INPUT_INVALID');
      expect(issuesOf(answer)).toContainEqual({
        path: field,
        message: expect.stringContaining('must not contain'),
      });
    }
  });

  it.each(NOT_STORED)('%s in a password', async (_, text) => {
    const input = { email: 'half@example.com', password: `correct horse ${text}` };
    const answer = await callPublic(service, 'auth.signUp', input);
    expect(answer.reason).toBe('INPUT_INVALID');
    expect(issuesOf(answer)).toEqual([
      { path: 'password', message: 'must not contain an unpaired surrogate' },
    ]);
    expect((await callPublic(service, 'auth.signIn', input)).reason).toBe('INPUT_INVALID');
  });

  it.each(OVERRIDES)('the direction override %j in a name', async (override) => {
    const name = `key ${override}lanosrep`;
    for (const [call, input] of [
      ['keys.create', keyInput({ name })],
      ['keys.create', keyInput({ externalId: name })],
      ['workspaces.create', { name }],
      ['auth.updateProfile', { name }],
    ] as const) {
      const answer = await mutate(service, ada, call, input);
      expect(answer.reason).toBe('INPUT_INVALID');
      expect(issuesOf(answer)[0]?.message).toContain('direction overrides');
    }
  });

  it('leaves marks that a language needs unchanged', async () => {
    const name = 'مفتاح\u200f שלום\u200e Clé\u0301 नम\u200dस्ते 👩\u200d💻';
    const made = await mutate(service, ada, 'keys.create', keyInput({ name }));
    expect(made.json.result.data.key.name).toBe(name);
  });
});

describe('D10: members of metadata with names of JavaScript’s prototypes', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('"%s" is refused, at every depth', async (member) => {
    const texts = [
      `{"${member}":{"a":1}}`,
      `{"a":[{"b":{"${member}":1}}]}`,
      `{"\\u005f${member.slice(1)}":1}`,
    ];
    for (const text of texts.slice(0, member === '__proto__' ? 3 : 2)) {
      const metadata = JSON.parse(text);
      const answer = await mutate(service, ada, 'keys.create', keyInput({ metadata }));
      expect(issuesOf(answer)).toEqual([
        { path: 'metadata', message: `must not have the member "${member}"` },
      ]);
    }
  });

  it('are unknown members in another input', async () => {
    const text = '{"name":"A","__proto__":{"role":"owner"}}';
    const answer = await mutate(service, ada, 'workspaces.create', JSON.parse(text));
    expect(answer.reason).toBe('INPUT_INVALID');
  });

  it('are refused as too deep if they exceed the stack', async () => {
    const depth = 50_000;
    const nested = `${'['.repeat(depth)}${']'.repeat(depth)}`;
    const body = JSON.stringify(keyInput({ metadata: { a: 'NESTED' } })).replace('"NESTED"', nested);
    const options = { authority: service.authority, method: 'POST', body, token: ada.token };
    const answer = await send(service.port, sign(ada, '/api/keys.create', options));
    expect(issuesOf(answer)).toEqual([{ path: 'metadata', message: 'must have at most 4096 bytes as JSON' }]);
  });
});
