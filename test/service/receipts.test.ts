import { generateKeyPairSync } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  formatReceiptFile,
  pickFields,
  REQUEST_FIELDS,
  RESPONSE_FIELDS,
} from '../../client/responses/receipt-file.ts';
import { verifyReceipt } from '../../client/verify-receipt.ts';
import { type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { createKey, type Person, query, signUp } from '../harness/people.ts';
import { registerKey } from '../harness/public-keys.ts';
import { askReceipt, isChain, receiptIn, requestDigest } from '../harness/receipts.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { asking, askResponse, isSigned, parametersIn } from '../harness/signed-response.ts';
import {
  type Answer,
  type Credentials,
  type Draft,
  headerOf,
  send,
  sign,
  withHeader,
} from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;
let directory: Record<string, string>[];

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '10000' } });
  ada = await signUp(service);
  key = await createKey(service, ada, {
    permissions: ['exemple:read', 'echo:write', 'upload:write', 'profile:read', 'keys:write'],
  });
  const target = '/.well-known/http-message-signatures-directory';
  directory = (await sent({ method: 'GET', target, headers: [['host', 'a']], body: null })).json.keys;
});
afterAll(() => service.stop());

const v1 = (target: string, options: { body?: string; token?: string; t?: number } = {}, who = key) =>
  sign(who, target, { authority: service.authority, ...options });
const standard = (target: string, options: Partial<StandardOptions> = {}, who: Credentials = key) =>
  signStandard(who, target, { authority: service.authority, ...options });
const sent = (draft: Draft): Promise<Answer> => send(service.port, draft);
const isSignedFor = (answer: Answer, draft: Draft) =>
  directory.some((jwk) => isSigned(answer, { draft, url: service.url }, jwk));
const now = () => Math.floor(Date.now() / 1000);
const chains = async (): Promise<unknown[]> =>
  service.running.service.stores.database.query(sql`select * from receipt_chains order by workspace_id`);

it('a receipt verifies whose request has a nonce that ends like a parameter', async () => {
  const parameters = { nonce: `"${'n'.repeat(16)};keyid="` };
  const draft = asking(standard('/api/exemple', { parameters }), askReceipt());
  const answer = await sent(draft);
  const response = { status: answer.status, headers: {}, body: answer.text };
  const file = formatReceiptFile({
    request: {
      method: 'GET',
      url: `${service.url}/api/exemple`,
      headers: pickFields((name) => headerOf(draft, name) || null, REQUEST_FIELDS),
      userToken: null,
      body: null,
    },
    response: { ...response, headers: pickFields((name) => answer.headers[name] as string, RESPONSE_FIELDS) },
  });
  const verified = await verifyReceipt(file, { keys: directory });
  expect([answer.status, verified.request.keyId]).toEqual([200, key.id]);
});

const FORMS = [
  ['x-signature', v1],
  ['RFC 9421', standard],
] as const;

describe.each(FORMS)('a request with %s that requests a receipt', (_, form) => {
  it('gets its position in the chain of its workspace, signed with the response', async () => {
    const draft = asking(form('/api/echo', { body: '{"text":"l’été"}' }), askReceipt());
    const answer = await sent(draft);
    expect([answer.json.result.data.text, isSignedFor(answer, draft)]).toEqual(['l’été', true]);
    expect(parametersIn(answer).components.slice(3, 6)).toEqual([
      '"x-request-id"',
      '"x-keyseal-receipt"',
      '"@method";req',
    ]);
    const receipt = receiptIn(answer);
    const whoami = await query(service, key, 'whoami');
    expect(receipt.workspace).toBe(whoami.json.result.data.workspace.id);
    expect(receipt.request).toBe(requestDigest(draft));
    expect(Math.abs(receipt.time - now())).toBeLessThan(30);
  });

  it('gets one for each of many at once, in one chain without a gap', async () => {
    const other = await createKey(service, await signUp(service), { permissions: ['exemple:read'] });
    const of = (who: Credentials) =>
      Array.from({ length: 30 }, () => sent(asking(form('/api/exemple', {}, who), askReceipt())));
    const first = receiptIn(await sent(asking(form('/api/exemple'), askReceipt())));
    const [mine, theirs] = [of(key), of(other)];
    const receipts = (await Promise.all(mine)).map(receiptIn);
    expect(isChain([first, ...receipts], first.sequence)).toBe(true);
    const others = (await Promise.all(theirs)).map(receiptIn);
    expect([isChain(others), others.find(({ sequence }) => sequence === 1)?.previous]).toEqual([
      true,
      '0'.repeat(64),
    ]);
  });

  it('gets none that verifies for another request', async () => {
    const [first, second] = [1, 2].map(() => asking(form('/api/exemple'), askReceipt())) as [Draft, Draft];
    const [one, other] = [await sent(first), await sent(second)];
    expect([isSignedFor(one, first), isSignedFor(one, second)]).toEqual([true, false]);
    const headers = {
      ...other.headers,
      'x-keyseal-receipt': one.headers['x-keyseal-receipt'] as string,
    };
    expect(isSignedFor({ ...other, headers }, second)).toBe(false);
  });

  it('gets one for refusals that follow its admission, and none for earlier ones', async () => {
    const replayed = asking(form('/api/exemple'), askReceipt());
    await sent(replayed);
    const old = { t: now() - 400, parameters: { created: String(now() - 400) } };
    const refused: [string, boolean, Draft][] = [
      ['SIGNATURE_REPLAYED', false, replayed],
      ['SIGNATURE_EXPIRED', false, asking(form('/api/exemple', old), askReceipt())],
      ['INPUT_INVALID', true, asking(form('/api/echo', { body: '{"text":1}' }), askReceipt())],
      ['PERMISSION_DENIED', true, asking(form('/api/keys.list'), askReceipt())],
    ];
    for (const [reason, hasReceipt, draft] of refused) {
      const answer = await sent(draft);
      expect([answer.reason, isSignedFor(answer, draft)]).toEqual([reason, true]);
      expect('x-keyseal-receipt' in answer.headers).toBe(hasReceipt);
    }
  });

  it('gets one for a batch, and for bytes', async () => {
    const batch = asking(form('/api/exemple,keys.list?batch=1&input=%7B%7D'), askReceipt());
    const upload = form('/api/upload', {
      body: 'bytes',
      contentType: 'application/octet-stream',
    } as object);
    for (const draft of [batch, asking(upload, askReceipt())]) {
      const answer = await sent(draft);
      expect([isSignedFor(answer, draft), receiptIn(answer).request]).toEqual([true, requestDigest(draft)]);
    }
  });

  it('has the digest of the user token in its receipt, for a key and for a session', async () => {
    const onBehalf = asking(form('/api/profile', { token: ada.token }), askReceipt());
    expect(receiptIn(await sent(onBehalf)).request).toBe(requestDigest(onBehalf, ada.token));
    const bySession = asking(form('/api/workspaces.list', { token: ada.token }, ada), askReceipt());
    expect(receiptIn(await sent(bySession)).request).toBe(requestDigest(bySession, ada.token));
  });

  it.each([
    ['a MAC', askResponse(';receipt')],
    ['a MAC by name', askResponse(';alg="hmac-sha256";receipt')],
    ['a value', askResponse(';alg="ed25519";receipt="1"')],
    ['a number', askResponse(';alg="ed25519";receipt=1')],
    ['two', askResponse(';alg="ed25519";receipt;receipt')],
  ])('is refused with %s, and takes no position', async (_name, asks) => {
    const before = await chains();
    const answer = await sent(asking(form('/api/echo', { body: '{"text":"x"}' }), asks));
    const [issue] = answer.json.error.data.issues;
    expect([answer.reason, issue.rule]).toEqual(['REQUEST_MALFORMED', 'accept-signature']);
    expect(await chains()).toEqual(before);
  });

  it('is refused for a stream, and takes no position', async () => {
    const before = await chains();
    for (const draft of [
      form('/api/keys.tail?input=%7B%7D'),
      withHeader(form('/api/exemple?batch=1&input=%7B%7D'), 'trpc-accept', 'application/jsonl'),
    ]) {
      const answer = await sent(asking(draft, askReceipt()));
      expect([answer.reason, answer.json.error.data.issues[0].rule]).toEqual([
        'REQUEST_MALFORMED',
        'accept-signature-stream',
      ]);
    }
    expect(await chains()).toEqual(before);
  });

  it('that requests none, or is not admitted, takes no position', async () => {
    const before = await chains();
    const other = { ...key, signingSecret: service.demo.signingSecret };
    const answers = [
      await sent(form('/api/exemple')),
      await sent(asking(form('/api/exemple'), askResponse(';alg="ed25519"'))),
      await sent(asking(form('/api/exemple'), askResponse(';alg="ed25519";receipt=?0'))),
      await sent(asking(form('/api/exemple', {}, other), askReceipt())),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 401]);
    expect(answers.some(({ headers }) => 'x-keyseal-receipt' in headers)).toBe(false);
    expect(await chains()).toEqual(before);
  });

  it('is not carried out if its position cannot be taken', async () => {
    const { database } = service.running.service.stores;
    const input = { name: `unproven ${_}`, environment: 'test', permissions: ['exemple:read'] };
    const draft = asking(form('/api/keys.create', { body: JSON.stringify(input) }), askReceipt());
    await database.query(sql`alter table receipt_chains rename to receipt_chains_gone`);
    const answer = await sent(draft);
    await database.query(sql`alter table receipt_chains_gone rename to receipt_chains`);
    expect([answer.status >= 500, isSignedFor(answer, draft)]).toEqual([true, true]);
    const listed = await query(service, ada, 'keys.list', { search: input.name });
    expect(listed.json.result.data.items).toEqual([]);
    expect((await sent(asking(form('/api/exemple'), askReceipt()))).status).toBe(200);
  });
});

it('a key with a public key gets receipts too', async () => {
  const pair = generateKeyPairSync('ed25519');
  const who = await registerKey(service, ada, pair, { permissions: ['exemple:read'] });
  const draft = asking(standard('/api/exemple', { sign: signerOf(pair.privateKey) }, who), askReceipt());
  const answer = await sent(draft);
  expect([isSignedFor(answer, draft), receiptIn(answer).request]).toEqual([true, requestDigest(draft)]);
});

it('a chain that was deleted by hand begins again, which the sequence number shows', async () => {
  const { database } = service.running.service.stores;
  const call = () => sent(asking(v1('/api/exemple'), askReceipt()));
  await call();
  expect(receiptIn(await call()).sequence).toBeGreaterThan(1);
  await database.query(sql`delete from receipt_chains`);
  const answer = await call();
  expect([answer.status, receiptIn(answer).sequence]).toEqual([200, 1]);
});

it('a public call has no receipt, since it has no signature', async () => {
  const headers = [['host', service.authority]] as const;
  const draft: Draft = { method: 'GET', target: '/api/health', headers, body: null };
  const answer = await sent(asking(draft, askReceipt()));
  expect([answer.status, 'x-keyseal-receipt' in answer.headers]).toEqual([200, false]);
});
