import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { InMemorySpanExporter, ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { subscribe } from '../harness/events.ts';
import { callPublic, createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { namesOf, traceProcess } from '../harness/spans.ts';
import { type Draft, queryTarget, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let exporter: InMemorySpanExporter;

beforeAll(async () => {
  exporter = traceProcess();
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());
beforeEach(() => exporter.reset());

const authority = () => ({ authority: service.authority });
const exemple = () => sign(service.demo, '/api/exemple', authority());
const echo = (text: string) =>
  sign(service.demo, '/api/echo', { ...authority(), body: JSON.stringify({ text }) });

/** Sends a draft and waits for the span of its request, the last to end. */
async function traced(draft: Draft) {
  exporter.reset();
  const answer = await send(service.port, draft);
  const spans = await vi.waitFor(() => {
    const ended = exporter.getFinishedSpans();
    expect(ended.some(({ kind }) => kind === SpanKind.SERVER)).toBe(true);
    return ended;
  });
  const server = spans.find(({ kind }) => kind === SpanKind.SERVER) as ReadableSpan;
  const named = (name: string) => spans.find((span) => span.name === name) as ReadableSpan;
  return { answer, spans, server, named };
}

describe('a call', () => {
  it('has a span for the request, its admission, its claim and its procedure', async () => {
    const { answer, spans, server, named } = await traced(echo('x'));
    expect(namesOf(spans)).toEqual([
      'POST echo > gate.admit > replay.claim',
      'POST echo > gate.admit',
      'POST echo > echo',
      'POST echo',
    ]);
    expect(server.attributes).toEqual({
      'http.request.method': 'POST',
      'url.scheme': 'http',
      'http.route': '/api/echo',
      'http.response.status_code': 200,
      'keyseal.request_id': answer.headers['x-request-id'],
      'keyseal.outcome': 'OK',
      'keyseal.key.id': service.demo.id,
    });
    expect(named('echo').attributes).toEqual({
      'rpc.system.name': 'trpc',
      'rpc.method': 'echo',
      'rpc.status_code': 'OK',
    });
    expect(spans.map(({ status }) => status.code)).toEqual(spans.map(() => SpanStatusCode.UNSET));
  });

  it('has attributes of a person, and none without credentials', async () => {
    const { server } = await traced(sign(ada, '/api/sessions.list', { ...authority(), token: ada.token }));
    expect(server.attributes['keyseal.outcome']).toBe('OK');
    expect(server.attributes).not.toHaveProperty('keyseal.key.id');
    const open = await traced({ ...exemple(), target: '/api/health' });
    expect(namesOf(open.spans)).toEqual(['GET health > health', 'GET health']);
  });

  it('in a batch has its own span', async () => {
    const mixed = `/api/exemple,whoami?batch=1&input=${encodeURIComponent('{"0":{"name":1}}')}`;
    const { server, spans, named } = await traced(sign(service.demo, mixed, authority()));
    expect(server.name).toBe('GET batch');
    expect(server.attributes).toMatchObject({ 'http.response.status_code': 207, 'keyseal.outcome': 'MIXED' });
    expect(server.attributes).not.toHaveProperty('http.route');
    expect(namesOf(spans)).toEqual(expect.arrayContaining(['GET batch > exemple', 'GET batch > whoami']));
    expect(named('exemple').attributes['rpc.status_code']).toBe('INPUT_INVALID');
  });

  it('that is a stream ends with it', async () => {
    const tail = await subscribe(service, service.demo, 'keys.tail', { id: service.demo.id });
    await send(service.port, exemple());
    await tail.count(1);
    const servers = () => exporter.getFinishedSpans().filter(({ kind }) => kind === SpanKind.SERVER);
    expect(servers().map(({ name }) => name)).not.toContain('GET keys.tail');
    tail.leave();
    await vi.waitFor(() => expect(servers().map(({ name }) => name)).toContain('GET keys.tail'));
  });
});

describe('a refusal', () => {
  it('of a caller is no error of the service', async () => {
    const { server, named } = await traced(
      sign({ ...service.demo, signingSecret: 'kss_wrong' }, '/api/exemple', authority()),
    );
    expect(server.attributes).toMatchObject({
      'http.response.status_code': 401,
      'keyseal.outcome': 'SIGNATURE_INVALID',
      'keyseal.key.id': service.demo.id,
    });
    expect(named('gate.admit').attributes).toEqual({ 'keyseal.outcome': 'SIGNATURE_INVALID' });
    expect([server.status.code, named('gate.admit').status.code]).toEqual([
      SpanStatusCode.UNSET,
      SpanStatusCode.UNSET,
    ]);
  });

  it('of an unknown procedure has no name that the caller chose', async () => {
    const { server } = await traced(sign(service.demo, '/api/made.up', authority()));
    expect(server.name).toBe('GET');
    expect(server.attributes).toMatchObject({ 'keyseal.outcome': 'PROCEDURE_NOT_FOUND' });
    const strange = await traced({ ...exemple(), method: 'PURGE' });
    expect([strange.server.name, strange.server.attributes['http.request.method']]).toEqual([
      'HTTP exemple',
      '_OTHER',
    ]);
  });

  it('by a fault of the service is an error, with its class only', async () => {
    const key = await createKey(service, ada);
    const { query: run } = service.running.service.stores.database;
    await run(sql`alter table keys rename column name to mislaid`);
    const call = traced(sign(key, '/api/exemple', authority()));
    const { server, named } = await call.finally(() =>
      run(sql`alter table keys rename column mislaid to name`),
    );
    expect(server.attributes).toMatchObject({ 'http.response.status_code': 500, 'error.type': 'INTERNAL' });
    const admit = named('gate.admit');
    // The message of this error has the statement and its parameters.
    expect(admit.attributes).toEqual({ 'error.type': 'DrizzleQueryError' });
    expect([server, admit].map(({ status }) => status)).toEqual(
      Array(2).fill({ code: SpanStatusCode.ERROR }),
    );
    expect(admit.events).toEqual([]);
  });
});

describe('traceparent', () => {
  const trace = '0af7651916cd43dd8448eb211c80319c';
  const parent = `00-${trace}-b7ad6b7169203331-01`;
  const under = (value: string) => traced(withHeader(exemple(), 'traceparent', value));

  it("makes the request a child of its sender's span", async () => {
    const { server, spans } = await under(parent);
    expect(server.parentSpanContext).toMatchObject({ spanId: 'b7ad6b7169203331', isRemote: true });
    expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([trace]));
  });

  it('decides whether the trace is recorded, and nothing else', async () => {
    const draft = withHeader(exemple(), 'traceparent', parent.replace(/01$/, '00'));
    expect((await send(service.port, draft)).status).toBe(200);
    await traced(exemple());
    expect(exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === trace)).toEqual([]);
  });

  it.each([
    ['nonsense', 'nonsense'],
    ['of zeros', `00-${'0'.repeat(32)}-${'0'.repeat(16)}-01`],
    ['twice', `${parent}, ${parent}`],
    ['of another form', parent.toUpperCase()],
    ['that is long', `cc${parent.slice(2)}-${'x'.repeat(200)}`],
  ])('of %s begins a new trace', async (_, value) => {
    const { answer, server } = await under(value);
    expect(answer.status).toBe(200);
    expect(server.parentSpanContext).toBeUndefined();
    expect(server.spanContext().traceId).not.toBe(trace);
  });

  it('of more than 8 KiB is refused like any header', async () => {
    const { answer, server } = await under('0'.repeat(9_000));
    expect([answer.status, server.parentSpanContext]).toEqual([431, undefined]);
  });

  it('goes with tracestate, and with nothing else that is not signed', async () => {
    const draft = withHeader(withHeader(exemple(), 'traceparent', parent), 'tracestate', 'vendor=1');
    const { server } = await traced(withHeader(draft, 'baggage', 'user=mallory'));
    expect(server.spanContext().traceState?.serialize()).toBe('vendor=1');
    expect(JSON.stringify(server.attributes)).not.toContain('mallory');
    const long = withHeader(
      withHeader(exemple(), 'traceparent', parent),
      'tracestate',
      `a=${'x'.repeat(600)}`,
    );
    expect((await traced(long)).server.spanContext().traceState).toBeUndefined();
  });
});

it('no span has a secret, a token, a password or an input', async () => {
  const password = 'a password that nobody guesses';
  const person = await signUp(service, password);
  const key = await createKey(service, person);
  const secrets = [service.demo, person, key].flatMap((who) => [who.apiKey, who.signingSecret]);
  const refreshed = await callPublic(service, 'auth.signIn', { email: person.email, password });
  const { session } = refreshed.json.result.data;
  await callPublic(service, 'auth.signIn', { email: person.email, password: `${password}!` });
  await mutate(service, person, 'auth.changePassword', { password, newPassword: `${password}?` });
  await query(service, person, 'whoami');
  const text = 'what was sent';
  for (const draft of [
    echo(text),
    sign(key, queryTarget('exemple', { name: text }), authority()),
    sign(key, queryTarget(`${key.apiKey}`), authority()),
    sign(key, `/api/exemple?${key.apiKey}=${key.signingSecret}`, authority()),
    sign(key, '/api/exemple', { ...authority(), token: person.token }),
    sign(key, '/api/exemple', { ...authority(), token: `${person.token}x` }),
    withHeader(exemple(), 'authorization', `Bearer ${key.apiKey}x`),
    withHeader(exemple(), 'x-signature', key.signingSecret),
    { ...exemple(), method: 'PURGE' },
  ]) {
    await send(service.port, draft);
  }
  const spans = await vi.waitFor(() => {
    const ended = exporter.getFinishedSpans();
    // Nine drafts, and six calls before them.
    expect(ended.filter(({ kind }) => kind === SpanKind.SERVER)).toHaveLength(15);
    return ended;
  });
  expect(spans.length).toBeGreaterThan(25);
  const recorded = JSON.stringify(
    spans.map(({ name, attributes, status, events, links }) => ({ name, attributes, status, events, links })),
  );
  const unspoken = [
    person.token,
    person.refreshToken,
    session.accessToken,
    session.signingSecret,
    session.refreshToken,
  ];
  for (const one of [...secrets, ...unspoken, password, person.email, text, '127.0.0.1']) {
    if (one !== null) expect(recorded).not.toContain(one);
  }
});
