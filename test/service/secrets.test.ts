import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Credentials, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials & { apiKey: string };
const answers: Answer[] = [];

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service, 'a password that nobody may read');
  key = await createKey(service, ada, { permissions: ['exemple:read', 'profile:read'] });
  answers.push(...(await goodAndBadCalls()));
});
afterAll(() => service.stop());

/** Makes right and wrong calls with each kind of secret. */
async function goodAndBadCalls(): Promise<Answer[]> {
  const profile = (who: Credentials, token: string) =>
    send(service.port, sign(who, '/api/profile', { authority: service.authority, token }));
  const unsigned = sign(key, '/api/exemple', { authority: service.authority });
  const refresh = sign(ada, '/api/auth.refresh', {
    authority: service.authority,
    body: JSON.stringify({ refreshToken: `${ada.refreshToken}x` }),
  });
  const { database } = service.running.service.stores;
  const calls = [
    await profile(key, ada.token),
    await profile(key, `${ada.token}x`),
    await profile({ ...key, apiKey: `${key.apiKey}x` }, ada.token),
    await profile({ ...key, signingSecret: `${key.signingSecret}x` }, ada.token),
    await send(service.port, withHeader(unsigned, 'x-signature', key.signingSecret)),
    await send(service.port, withHeader(unsigned, 'x-signature', null)),
    await send(service.port, withHeader(unsigned, 'authorization', key.apiKey)),
    await send(service.port, sign(key, `/api/exemple?key=${key.apiKey}`, { authority: service.authority })),
    await send(service.port, refresh),
    await callPublic(service, 'auth.signIn', { email: ada.email, password: `${ada.password}x` }),
    await callPublic(service, 'auth.signUp', { email: ada.email, password: ada.password }),
    await callPublic(service, 'auth.signUp', { email: 'none', password: ada.password }),
    await mutate(service, ada, 'keys.create', {
      name: key.signingSecret,
      environment: key.apiKey,
      permissions: [],
    }),
    await query(service, key, 'exemple', { name: ada.password, more: key.signingSecret }),
  ];
  // A statement that fails carries its parameters along.
  const select = database.db.select.bind(database.db);
  const failing = () => {
    const params = [key.signingSecret, ada.password];
    throw Object.assign(new Error(`Failed query: select\nparams: ${params}`), { params, query: 'select' });
  };
  Object.assign(database.db, { select: failing });
  try {
    calls.push(await callPublic(service, 'auth.signIn', { email: ada.email, password: ada.password }));
  } finally {
    Object.assign(database.db, { select });
  }
  return calls;
}

/** Each secret: the part that must stay secret. */
const SECRETS: [string, () => string][] = [
  ['API key', () => key.apiKey.slice(-38)],
  ['signing secret of a key', () => key.signingSecret.slice(4)],
  ['signing secret of a session', () => ada.signingSecret.slice(4)],
  ['access token', () => ada.token.split('.')[2] ?? ''],
  ['refresh token', () => ada.refreshToken.slice(6)],
  ['password', () => ada.password],
];

it('the calls of this test include failures, one of them INTERNAL', () => {
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 400, 401, 409, 500]));
});

it.each(SECRETS)('no log line has the %s', (_, secret) => {
  expect(service.log.length).toBeGreaterThan(10);
  expect(service.log.filter((line) => line.includes(secret()))).toEqual([]);
});

it.each(SECRETS)('no refusal has the %s', (_, secret) => {
  const refusals = answers.filter(({ status }) => status >= 400).map(({ text }) => text);
  expect(refusals.filter((text) => text.includes(secret()))).toEqual([]);
});

it('no table has a secret, in any encoding', async () => {
  const { db, query } = service.running.service.stores.database;
  const found = await query<{ name: string }>(
    sql`select table_name as name from information_schema.tables where table_schema = current_schema()`,
  );
  const tables = found.map(({ name }) => name);
  expect(tables).toEqual(expect.arrayContaining(['keys', 'sessions', 'audit_records', 'request_log']));
  for (const table of tables) {
    const rows = await db.execute(sql.raw(`select t::text as row from "${table}" t`));
    const text = JSON.stringify(rows);
    for (const [, secret] of SECRETS) {
      for (const encoding of ['utf8', 'base64', 'base64url', 'hex'] as const) {
        const written = Buffer.from(secret()).toString(encoding).replace(/=+$/, '');
        expect(text.includes(written), `${table} has a secret`).toBe(false);
      }
    }
  }
});
