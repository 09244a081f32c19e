import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { Refusal } from '../../sdk/index.ts';
import { routes } from '../../server/app/routes.ts';
import { buildRegistry } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import { REFUSALS, type Reason } from '../../shared/refusals.ts';
import { createKey, mutate, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

/** The status and the reason of each code with which a procedure can fail. */
const CODES: readonly [TRPCError['code'], number, Reason][] = [
  ['BAD_REQUEST', 400, 'INPUT_INVALID'],
  ['UNAUTHORIZED', 401, 'UNAUTHORIZED'],
  ['PAYMENT_REQUIRED', 402, 'PAYMENT_REQUIRED'],
  ['FORBIDDEN', 403, 'FORBIDDEN'],
  ['NOT_FOUND', 404, 'NOT_FOUND'],
  ['METHOD_NOT_SUPPORTED', 405, 'METHOD_NOT_SUPPORTED'],
  ['TIMEOUT', 408, 'TIMEOUT'],
  ['CONFLICT', 409, 'CONFLICT'],
  ['PRECONDITION_FAILED', 412, 'PRECONDITION_FAILED'],
  ['PAYLOAD_TOO_LARGE', 413, 'BODY_TOO_LARGE'],
  ['UNSUPPORTED_MEDIA_TYPE', 415, 'MEDIA_TYPE_NOT_SUPPORTED'],
  ['UNPROCESSABLE_CONTENT', 422, 'UNPROCESSABLE_CONTENT'],
  ['PRECONDITION_REQUIRED', 428, 'PRECONDITION_REQUIRED'],
  ['TOO_MANY_REQUESTS', 429, 'RATE_LIMITED'],
  ['CLIENT_CLOSED_REQUEST', 499, 'CLIENT_CLOSED_REQUEST'],
  ['NOT_IMPLEMENTED', 501, 'NOT_IMPLEMENTED'],
  ['BAD_GATEWAY', 502, 'BAD_GATEWAY'],
  ['SERVICE_UNAVAILABLE', 503, 'UNAVAILABLE'],
  ['GATEWAY_TIMEOUT', 504, 'GATEWAY_TIMEOUT'],
];

const SECRET = 'password=hunter2';
const cause = new Error(SECRET);

/** An error as another copy of tRPC makes it, which a custom procedure may import. */
function foreignError(): Error {
  return Object.assign(new Error('No such note.'), { name: 'TRPCError', code: 'NOT_FOUND' });
}

/** What the procedure throws; set by each test. */
let thrown: unknown;

const procedure = createProcedure([])({ access: 'any' });
const fail = () => {
  throw thrown;
};
/** Rejects once the test says so, and nobody waits for it if the answer is refused. */
let reject: (error: Error) => void = () => {};
const later = () =>
  new Promise((_, no) => {
    reject = no;
  });
const notes = {
  later: procedure.query(() => ({ text: later() })),
  read: procedure.query(fail),
  write: procedure.mutation(fail),
  around: procedure.use(fail).query(() => 1),
  watch: procedure.subscription(async function* () {
    yield 1;
    fail();
  }),
};

let service: TestService;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService({ api: buildRegistry(router({ ...routes, notes })) });
  key = await createKey(service, await signUp(service), { permissions: ['exemple:read'] });
});
afterAll(() => service.stop());

describe('C9: a procedure that throws a TRPCError', () => {
  it.each(CODES)('of %s refuses with %d %s, in its own words', async (code, status, reason) => {
    thrown = new TRPCError({ code, message: 'No such note.', cause });
    for (const answer of [
      await query(service, key, 'notes.read'),
      await mutate(service, key, 'notes.write'),
      await query(service, key, 'notes.around'),
    ]) {
      const { message, data } = answer.json.error;
      expect([answer.status, data.httpStatus, data.reason, message]).toEqual([
        ...[status, status, reason, 'No such note.'],
      ]);
      expect(JSON.stringify(answer.json)).not.toContain(SECRET);
    }
  });

  it.each(CODES)(
    'of %s without words, or with those of a cause, has the words of the reason',
    async (code, _, reason) => {
      for (const error of [new TRPCError({ code }), new TRPCError({ code, cause })]) {
        thrown = error;
        const { json } = await query(service, key, 'notes.read');
        expect(json.error.message).toBe(REFUSALS[reason].message);
        expect(JSON.stringify(json)).not.toContain(SECRET);
      }
    },
  );

  it('of INTERNAL_SERVER_ERROR reveals nothing', async () => {
    thrown = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: SECRET });
    const { status, reason, json } = await query(service, key, 'notes.read');
    expect([status, reason]).toEqual([500, 'INTERNAL']);
    expect(JSON.stringify(json)).not.toContain(SECRET);
  });

  it('of another copy of tRPC is recognized too', async () => {
    thrown = foreignError();
    const { status, reason, json } = await query(service, key, 'notes.read');
    expect([status, reason, json.error.message]).toEqual([404, 'NOT_FOUND', 'No such note.']);
  });

  it('with an unknown code reveals nothing', async () => {
    thrown = Object.assign(foreignError(), { code: 'TEAPOT' });
    expect((await query(service, key, 'notes.read')).reason).toBe('INTERNAL');
  });

  it('refuses with an issue too if the input is wrong', async () => {
    thrown = new TRPCError({ code: 'BAD_REQUEST', message: 'The text is taken.' });
    const { json } = await query(service, key, 'notes.read');
    expect(json.error.data.issues).toEqual([{ path: '', message: 'The text is taken.' }]);
  });

  it('sends at most a thousand characters of its message', async () => {
    thrown = new TRPCError({ code: 'NOT_FOUND', message: 'x'.repeat(100_000) });
    expect((await query(service, key, 'notes.read')).json.error.message).toHaveLength(1_000);
  });

  it('refuses in a stream too', async () => {
    thrown = new TRPCError({ code: 'NOT_FOUND', message: 'No such note.' });
    const { text } = await query(service, key, 'notes.watch');
    const event = /event: serialized-error\ndata: (.*)/.exec(text)?.[1] ?? '{}';
    expect(JSON.parse(event)).toMatchObject({ message: 'No such note.', data: { reason: 'NOT_FOUND' } });
  });

  it('is logged if the service is at fault', async () => {
    thrown = new TRPCError({ code: 'BAD_GATEWAY', message: 'The printer is off.', cause });
    const { json } = await query(service, key, 'notes.read');
    const line = service.log.find((one) => one.includes(json.error.data.requestId));
    expect(line).toContain('BAD_GATEWAY');
  });
});

describe('S1: the process outlives', () => {
  const circular = (): Error => {
    const [one, other] = [new Error('one'), new Error('other')];
    one.cause = other;
    other.cause = one;
    return one;
  };
  const unreadable = (member: 'message' | 'cause' | 'code' | 'stack') =>
    Object.defineProperty(new Error('a'), member, {
      get: () => {
        throw new Error('getter');
      },
    });
  const long = () => {
    let error = new Error('first');
    for (let nth = 0; nth < 20_000; nth++) error = new Error(`after ${nth}`, { cause: error });
    return error;
  };

  it.each<[string, () => unknown]>([
    ['that cause each other', circular],
    ['of a chain of 20,000', long],
    ['whose message cannot be read', () => unreadable('message')],
    ['whose cause cannot be read', () => unreadable('cause')],
    ['whose code cannot be read', () => unreadable('code')],
    ['whose stack cannot be read', () => unreadable('stack')],
    ['that are nothing', () => null],
    ['that are no objects', () => Symbol('x')],
    ['without a prototype', () => Object.create(null)],
  ])('errors of a procedure %s', async (_, make) => {
    for (const wrapped of [false, true]) {
      thrown = make();
      if (wrapped) thrown = new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'x', cause: thrown });
      expect((await query(service, key, 'notes.read')).reason).toBe('INTERNAL');
      expect((await mutate(service, key, 'notes.write')).reason).toBe('INTERNAL');
      // A stream that cannot say what is wrong is cut.
      const stream = await query(service, key, 'notes.watch').catch(() => null);
      if (stream) expect(stream.text).toContain('INTERNAL');
    }
    expect((await query(service, key, 'exemple')).status).toBe(200);
  });

  it('a promise that rejects after the answer with it was refused', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown) => unhandled.push(error);
    process.on('unhandledRejection', note);
    expect((await query(service, key, 'notes.later')).reason).toBe('MEDIA_TYPE_NOT_SUPPORTED');
    reject(new Error('late'));
    expect((await query(service, key, 'exemple')).status).toBe(200);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });
});

it('C9: a Refusal can say it in words of its own', async () => {
  thrown = new Refusal('NOT_FOUND', {}, cause, 'No such note.');
  const { status, json } = await query(service, key, 'notes.read');
  expect([status, json.error.message]).toEqual([404, 'No such note.']);
});

it('C9: an unknown procedure is PROCEDURE_NOT_FOUND as before', async () => {
  expect((await query(service, key, 'notes.nothing')).reason).toBe('PROCEDURE_NOT_FOUND');
});
