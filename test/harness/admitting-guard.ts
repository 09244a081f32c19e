import { createGuard, type Guard, type GuardOptions } from '../../client/guard/index.ts';
import { signRequest } from '../../client/index.ts';
import { formatKey } from '../../shared/key-format.ts';
import type { Credentials } from './wire.ts';

export const HOST = 'shop.example.com';
/** The body of every order, as large as the guard allows. */
export const BODY = 'x'.repeat(1_000);
/** This many bodies fit into the share of one caller. */
export const ROOM = 4;

const apiKey = formatKey('ks', 'test', 'a'.repeat(12), 'a'.repeat(32));
const credentials = { apiKey, signingSecret: `kss_${'a'.repeat(43)}` };
/** A caller that the guard admits. */
export const CALLER: Credentials = { id: 'a'.repeat(12), ...credentials };

/** What Keyseal answers about a call of a key that may make it. */
export const admissionOf = (id: string) => ({
  valid: true as const,
  caller: {
    kind: 'key',
    key: { id, name: 'Caller', environment: 'test', externalId: null, metadata: {} },
    userId: null,
    externalUser: null,
    workspaceId: 'wsp_1',
  },
  signature: { form: 'v1', algorithm: 'hmac-sha256' },
  permissions: ['orders:write'],
  limits: [],
  credits: null,
  requestId: 'request-1',
});

/** A Keyseal that admits every reported request. Questions that are asked at the same time share a request. */
export const admitAll: NonNullable<GuardOptions['fetch']> = async (_url, { body }) => {
  const asked = Object.values(JSON.parse(String(body))) as { headers: [name: string, value: string][] }[];
  const answers = asked.map(({ headers }) => {
    const bearer = headers.find(([name]) => name.toLowerCase() === 'authorization')?.[1];
    return { result: { data: admissionOf(bearer?.split('_')[2] ?? '') } };
  });
  return Response.json(answers);
};

/** A guard whose Keyseal admits every request. */
export const admittingGuard = (options: Partial<GuardOptions> = {}): Guard =>
  createGuard({
    ...credentials,
    url: 'https://keyseal.example.com',
    authority: HOST,
    maxBody: BODY.length,
    // One address, and all callers without a known address, get half of half.
    maxBuffered: BODY.length * ROOM * 4,
    fetch: admitAll,
    ...options,
  });

/** A signed request with `BODY`. */
export const newOrder = (): Promise<Request> =>
  signRequest(new Request(`https://${HOST}/`, { method: 'POST', body: BODY }), credentials);
