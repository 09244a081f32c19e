import { createGuard, type Guard, type GuardOptions } from '../../client/guard/index.ts';
import { signRequest } from '../../client/index.ts';
import { formatKey } from '../../shared/key-format.ts';
import type { Credentials } from './wire.ts';

export const HOST = 'shop.example.com';
/** The body of every order, as large as the guard allows. */
export const BODY = 'x'.repeat(1_000);
/** One caller has room for this many bodies. */
export const ROOM = 4;

const apiKey = formatKey('ks', 'test', 'a'.repeat(12), 'a'.repeat(32));
const credentials = { apiKey, signingSecret: `kss_${'a'.repeat(43)}` };
/** A caller that the guard admits. */
export const CALLER: Credentials = { id: 'a'.repeat(12), ...credentials };

/** A guard whose Keyseal admits every request. */
export const admittingGuard = (options: Partial<GuardOptions> = {}): Guard =>
  createGuard({
    ...credentials,
    url: 'https://keyseal.example.com',
    authority: HOST,
    maxBody: BODY.length,
    // One address, and all callers without a known address, get half of half.
    maxBuffered: BODY.length * ROOM * 4,
    // Questions that are asked at the same time share a request.
    fetch: async (url) => Response.json(url.split(',').map(() => ({ result: { data: { valid: true } } }))),
    ...options,
  });

/** A signed request with `BODY`. */
export const newOrder = (): Promise<Request> =>
  signRequest(new Request(`https://${HOST}/`, { method: 'POST', body: BODY }), credentials);
