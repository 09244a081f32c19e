import { randomInt } from 'node:crypto';
import { GUARDED } from '../processes/servers/routes.ts';
import { bytesOf, signedBytes, signerOf } from './bytes.ts';
import { holdConnections } from './hold-connections.ts';
import { sendRequests } from './send-requests.ts';
import type { Send, Target } from './target.ts';

/** These fill 64 MiB to the last byte. */
export const HALF_BODIES = 128;
export const SLOW_BODIES = 500;
export const SLOW_HEADS = 500;
export const IDLE = 5_000;
export const GUARDED_BODIES = 647;
const PIPELINED = 300;
const MIB = 1024 * 1024;
const HALF = ' '.repeat(MIB / 2);

/** Bodies that stop half-way. @param head of a request with an empty body */
const halfBodies =
  (head: (target: Target) => string): Send =>
  (target, tally, stop) => {
    const first = () => head(target).replace('content-length: 0', `content-length: ${MIB}`) + HALF;
    return holdConnections(target, tally, stop, { sockets: HALF_BODIES, perSecond: 1_000, first });
  };

export const publicBodies = halfBodies(({ authority }) =>
  bytesOf({ authority, target: '/api/auth.signIn', body: '' }),
);

/** Signed with a key of another workspace. */
export const signedBodies = halfBodies(({ authority, participants }) =>
  signedBytes(signerOf(participants.attacker.key), { authority, target: '/api/echo', body: '' }),
);

/** Bodies small enough for an unauthenticated client, that never end. */
export const slowBodies: Send = (target, tally, stop) => {
  const head = bytesOf({ authority: target.authority, target: '/api/auth.signIn', body: '' });
  const first = () => head.replace('content-length: 0', 'content-length: 16000') + ' '.repeat(15_000);
  return holdConnections(target, tally, stop, { sockets: SLOW_BODIES, perSecond: 1_000, first, drip: ' ' });
};

export const slowHeads: Send = (target, tally, stop) => {
  const first = () => `GET /api/health HTTP/1.1\r\nhost: ${target.authority}\r\nx-slow: `;
  return holdConnections(target, tally, stop, { sockets: SLOW_HEADS, perSecond: 1_000, first, drip: 'x' });
};

export const idle: Send = (target, tally, stop) =>
  holdConnections(target, tally, stop, { sockets: IDLE, perSecond: 2_500, first: () => '' });

/** Hundreds of unauthenticated requests in one write. */
export const pipelined: Send = (target, tally, stop) => {
  const atOnce = Math.min(PIPELINED, target.max);
  const one = bytesOf({ authority: target.authority, target: '/api/exemple' });
  const make = () => one.repeat(atOnce);
  return sendRequests(target, tally, stop, { connections: 4, perSecond: 2_000, atOnce, make });
};

/** Malformed requests. Each gets a response, and most end their connection. */
const MALFORMED: readonly ((host: string) => string)[] = [
  () => 'nonsense\r\n\r\n',
  () => 'GET /api/health HTTP/1.1\r\n\r\n',
  (host) => `GET /api/health HTTP/1.1\r\nhost: ${host}\r\nx-long: ${'x'.repeat(40_000)}\r\n\r\n`,
  (host) => `GET /api/health HTTP/1.1\r\nhost: ${host}\r\nbad header: x\r\n\r\n`,
  (host) => `GET /api/%2e%2e/health HTTP/1.1\r\nhost: ${host}\r\n\r\n`,
  (host) => `GET /api/health HTTP/1.1\r\nhost: ${host}\r\n${'x-many: x\r\n'.repeat(1_500)}\r\n`,
  (host) => `POST /api/echo HTTP/1.1\r\nhost: ${host}\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n`,
  (host) => `POST /api/echo HTTP/1.1\r\nhost: ${host}\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n\r\n`,
  (host) => `GET /api/health HTTP/1.1\r\nhost: ${host}\r\nauthorization: a\r\nauthorization: b\r\n\r\n`,
];

export const malformed: Send = (target, tally, stop) => {
  const make = () => MALFORMED[randomInt(MALFORMED.length)]?.(target.authority) ?? '';
  return sendRequests(target, tally, stop, { connections: 16, perSecond: 500, make });
};

/** Public pages that cost something. */
const PAGES = ['/readyz', '/openapi.json', '/docs/api', '/docs/refusals', '/', '/.well-known/jwks.json'];

export const pages: Send = (target, tally, stop) => {
  const { authority } = target;
  const make = (nth: number) => bytesOf({ authority, target: PAGES[nth % PAGES.length] ?? '/' });
  return sendRequests(target, tally, stop, { connections: 16, perSecond: 300, make });
};

/** Unauthenticated bodies to a service behind a guard. */
export const guardedBodies: Send = (target, tally, stop) => {
  const head = bytesOf({ authority: target.authority, target: GUARDED, body: '' });
  const whole = Buffer.from(head.replace('content-length: 0', `content-length: ${MIB}`) + ' '.repeat(MIB));
  return holdConnections(target, tally, stop, {
    sockets: GUARDED_BODIES,
    perSecond: 1_000,
    first: () => whole,
  });
};
