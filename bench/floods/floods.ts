import { ADDRESSES } from './forged.ts';
import { unknownKeys, unknownSessions, wrongSecrets } from './guesses.ts';
import { linkTokens, oneAccount, signIns } from './passwords.ts';
import { exchanges, providerSignIns } from './providers.ts';
import {
  GUARDED_BODIES,
  guardedBodies,
  HALF_BODIES,
  IDLE,
  idle,
  malformed,
  pages,
  pipelined,
  publicBodies,
  SLOW_BODIES,
  SLOW_HEADS,
  signedBodies,
  slowBodies,
  slowHeads,
} from './sockets.ts';
import type { Flood } from './target.ts';
import { A_DAY, auditVerify, FIVE_MINUTES, noncesAhead, overLimit, STREAMS, streams } from './tenants.ts';

/** Every flood, by its name on the command line. */
export const FLOODS = {
  'unknown-keys': {
    title: 'unknown key ids with right checksums, from one address',
    send: unknownKeys(),
  },
  'unknown-keys-many-24': {
    title: 'the same, each from another IPv4 /24',
    send: unknownKeys(ADDRESSES.ipv4),
  },
  'unknown-keys-one-64': {
    title: 'the same, from many addresses of one IPv6 /64',
    send: unknownKeys(ADDRESSES.one64),
  },
  'unknown-keys-many-64': {
    title: 'the same, each from another /64 of one /48',
    send: unknownKeys(ADDRESSES.many64),
  },
  'unknown-keys-many-48': {
    title: 'the same, each from another IPv6 /48',
    send: unknownKeys(ADDRESSES.many48),
  },
  'wrong-secrets': {
    title: 'known key ids with wrong secrets, and a real key with half of its secret replaced',
    send: wrongSecrets,
  },
  'unknown-sessions': {
    title: 'unknown sessions, with forged user tokens and forged refresh tokens',
    send: unknownSessions,
  },
  'over-limit': { title: '20 keys of another workspace, over their limit', send: overLimit },
  'sign-in': {
    title: 'sign-ins of unknown accounts, 90 connections of one address',
    send: signIns(false),
  },
  'sign-in-many-24': { title: 'the same, each from another IPv4 /24', send: signIns(true) },
  'one-account': {
    title: 'guesses of one account’s password, from 16 networks',
    send: oneAccount,
  },
  'link-tokens': {
    title: 'guessed reset, invitation and set-up tokens, and sign-ups',
    send: linkTokens,
  },
  exchanges: { title: 'tokens of workloads: for no rule, forged, and malformed', send: exchanges },
  'provider-sign-ins': {
    title: 'sign-ins with an identity provider: made-up codes and flows, and flows that nobody finishes',
    send: providerSignIns,
  },
  'half-bodies': {
    title: '128 bodies of 1 MiB to a public procedure that stop half-way',
    sockets: HALF_BODIES,
    send: publicBodies,
  },
  'half-signed-bodies': {
    title: '128 bodies of 1 MiB by a key of another workspace that stop half-way',
    sockets: HALF_BODIES,
    send: signedBodies,
  },
  'slow-bodies': {
    title: '500 bodies of 16 KB to a public procedure that arrive byte by byte',
    sockets: SLOW_BODIES,
    send: slowBodies,
  },
  'slow-heads': {
    title: '500 requests whose head arrives byte by byte',
    sockets: SLOW_HEADS,
    send: slowHeads,
  },
  idle: { title: '5,000 idle connections', sockets: IDLE, send: idle },
  pipelined: { title: '300 requests in one write (HTTP/1.1 pipelining)', send: pipelined },
  'nonces-ahead': { title: 'a key of another workspace, signed a day ahead', send: noncesAhead(A_DAY) },
  'nonces-soon': {
    title: 'a key of another workspace, signed five minutes ahead',
    send: noncesAhead(FIVE_MINUTES),
  },
  'audit-verify': {
    title: 'batches of 20 `audit.verify` over 3,000 records, three at a time',
    records: 3_000,
    enough: 6,
    send: auditVerify,
  },
  streams: { title: '2,000 streams of one key', sockets: STREAMS, send: streams },
  malformed: { title: 'malformed requests and heads that are too large', send: malformed },
  pages: { title: '`/readyz`, `/openapi.json`, the API’s page and the console', send: pages },
  'guarded-bodies': {
    title: '647 anonymous bodies of 1 MiB to a guarded service, while Keyseal hangs',
    at: 'guard',
    sockets: GUARDED_BODIES,
    send: guardedBodies,
  },
} as const satisfies Readonly<Record<string, Flood>>;

export type FloodName = keyof typeof FLOODS;

export const floodOf = (name: FloodName): Flood => FLOODS[name];
export const FLOOD_NAMES = Object.keys(FLOODS) as readonly FloodName[];
