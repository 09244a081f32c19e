import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

export interface Key {
  readonly id: string;
  readonly hash: Buffer;
  readonly signingSecret: string;
  readonly limit: number;
  readonly windowSeconds: number;
}

const pepper = randomBytes(32);
const BEARER = /^Bearer (ks_live_([0-9A-Za-z]{12})_[0-9A-Za-z]{38})$/i;

/** Keys by id, as a team would cache those in use. */
export const keys = new Map<string, Key>();

/** The stored hash of a key: a reader of it cannot call with it. */
export const hashOf = (apiKey: string): Buffer => createHmac('sha256', pepper).update(apiKey).digest();

/** The key of an `authorization` header; null if it is unknown, or its secret is wrong. */
export function findKey(authorization: string | undefined): Key | null {
  const [, apiKey = '', id = ''] = BEARER.exec(authorization ?? '') ?? [];
  const key = keys.get(id);
  return key && timingSafeEqual(hashOf(apiKey), key.hash) ? key : null;
}
