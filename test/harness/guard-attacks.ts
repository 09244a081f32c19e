import { gzipSync } from 'node:zlib';
import { createKey, type Person } from './people.ts';
import type { TestService } from './service.ts';
import { ORDERS } from './verify-requests.ts';
import { type Credentials, type Draft, headerOf, sign, withHeader } from './wire.ts';

/** What an order says, in JSON. */
export const ORDER = { text: 'l’été', n: 1 };

/** A signed order to the service behind a guard. */
export const order = (
  by: Credentials,
  more: Partial<Parameters<typeof sign>[2]> = {},
  target = '/orders?of=a%2Fb+c',
): Draft => sign(by, target, { authority: ORDERS, body: JSON.stringify(ORDER), ...more });

/** The same with a header once more. */
export const twice = (draft: Draft, name: string, value: string): Draft => ({
  ...draft,
  headers: [...draft.headers, [name, value]],
});

const zipped = (draft: Draft): Draft => ({
  ...withHeader(draft, 'content-encoding', 'gzip'),
  body: gzipSync(draft.body as Buffer),
});

/** The caller: a key with `orders:write`, in the workspace of a person. */
export interface World {
  readonly service: TestService;
  readonly ada: Person;
  readonly key: Credentials;
}

type Attack = readonly [what: string, answered: string | RegExp, draft: () => Draft | Promise<Draft>];

/** Requests that no guard may admit, with the status and reason of each. @param maxBody of the guard, in bytes */
export function guardAttacks(world: () => World, maxBody: number): readonly Attack[] {
  const valid = (more = {}, target?: string) => order(world().key, more, target);
  const old = () => Math.floor(Date.now() / 1000) - 400;
  return [
    ['without a key', '401 KEY_MISSING', () => withHeader(valid(), 'authorization', null)],
    ['without a signature', '401 SIGNATURE_MISSING', () => withHeader(valid(), 'x-signature', null)],
    ['with another body', '401 SIGNATURE_INVALID', () => ({ ...valid(), body: Buffer.from('{"n":2}') })],
    ['to another path', '401 SIGNATURE_INVALID', () => ({ ...valid(), target: '/orders?of=b' })],
    ['with another method', '401 SIGNATURE_INVALID', () => ({ ...valid(), method: 'PUT' })],
    [
      'with another content type',
      '401 SIGNATURE_INVALID',
      () => withHeader(valid(), 'content-type', 'application/json; a=b'),
    ],
    ['with an old signature', '401 SIGNATURE_EXPIRED', () => valid({ t: old() })],
    [
      'for a host that is not the service’s',
      '421 AUTHORITY_UNKNOWN',
      () => valid({ authority: 'other.example.com' }),
    ],
    [
      'with a second signature',
      /^400 REQUEST_MALFORMED$|^401 SIGNATURE_MALFORMED$/,
      () => twice(valid(), 'x-signature', 'v1'),
    ],
    ['with content-encoding', '415 MEDIA_TYPE_NOT_SUPPORTED', () => zipped(valid())],
    [
      'by a key without the permission',
      '403 PERMISSION_DENIED',
      async () => order(await createKey(world().service, world().ada, { permissions: ['orders:read'] })),
    ],
    [
      'with a body that is too large',
      '413 BODY_TOO_LARGE',
      () => valid({ body: JSON.stringify({ text: 'x'.repeat(maxBody) }) }),
    ],
  ];
}

/** Not for frameworks that keep only the first of two. */
export function keyTwice(key: Credentials): Draft {
  const draft = order(key);
  return twice(draft, 'authorization', headerOf(draft, 'authorization'));
}
