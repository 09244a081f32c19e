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

/** Keys by their ids, as a team would keep those that are in use. */
export const keys = new Map<string, Key>();

/** What is kept of a key: no one who reads it can call with it. */
export const hashOf = (apiKey: string): Buffer => createHmac('sha256', pepper).update(apiKey).digest();

/** The key of an `authorization` header; null where it is not one of ours, or its secret is wrong. */
export function findKey(authorization: string | undefined): Key | null {
  const [, apiKey = '', id = ''] = BEARER.exec(authorization ?? '') ?? [];
  const key = keys.get(id);
  return key && timingSafeEqual(hashOf(apiKey), key.hash) ? key : null;
}
