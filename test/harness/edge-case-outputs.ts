import { TRPCError } from '@trpc/server';
import { Refusal } from '../../server/lib/refusal.ts';

const thrown = (error: unknown) => () => {
  throw error;
};

async function* steps() {
  yield 1;
}

/** What a procedure that declares no output can answer, and what it can fail with, each by a name. */
export const ODD: Readonly<Record<string, () => unknown>> = {
  undefined: () => undefined,
  null: () => null,
  number: () => Number.NaN,
  date: () => new Date(0),
  holes: () => ({ a: undefined, b: [undefined, () => 1, Symbol('c')] }),
  ownJson: () => ({ toJSON: () => ({ a: 1 }) }),
  noJson: () => ({ toJSON: () => undefined }),
  map: () => new Map([[1, 2]]),
  bytes: () => new Uint8Array([1, 2]),
  proto: () => JSON.parse('{"__proto__":{"a":1},"constructor":2}'),
  surrogate: () => 'a\ud800b',
  nested: () => ({ a: { b: Promise.resolve(1) } }),

  plainError: thrown(new Error('a secret')),
  text: thrown('a text'),
  nothing: thrown(undefined),
  outage: thrown(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })),
  refusal: thrown(new Refusal('RATE_LIMITED', { retryAfter: 7 })),
  later: thrown(new Refusal('UNAVAILABLE', { retryAfter: 9 })),
  unauthorized: thrown(new Refusal('TOKEN_INVALID')),
  wrapped: thrown(new TRPCError({ code: 'CONFLICT', cause: new Refusal('CONFLICT') })),
  badRequest: thrown(new TRPCError({ code: 'BAD_REQUEST', message: 'The text is taken.' })),
  badCause: thrown(new TRPCError({ code: 'BAD_REQUEST', cause: new Error('a secret') })),
  notFound: thrown(new TRPCError({ code: 'NOT_FOUND' })),
  method: thrown(new TRPCError({ code: 'METHOD_NOT_SUPPORTED' })),
  media: thrown(new TRPCError({ code: 'UNSUPPORTED_MEDIA_TYPE' })),
  tooMany: thrown(new TRPCError({ code: 'TOO_MANY_REQUESTS' })),
};

/** What no JSON can be made of. */
export const UNWRITABLE: Readonly<Record<string, () => unknown>> = {
  bigint: () => ({ a: 1n }),
  circular: () => {
    const a: Record<string, unknown> = {};
    a['a'] = a;
    return a;
  },
  throwing: () => ({ toJSON: thrown(new Error('a secret')) }),
};

/** Outputs that are streamed to a client that asks for it. */
export const STREAMED: Readonly<Record<string, () => unknown>> = {
  steps,
  member: () => ({ now: 1, later: steps() }),
  promise: () => ({ now: 1, later: Promise.resolve(2) }),
};
