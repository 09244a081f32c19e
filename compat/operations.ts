import { createHash } from 'node:crypto';

/** Characters that proxies and libraries like to encode, decode or cut at. */
export const SPECIAL = 'milk & bread, 1+1=2; a/b\\c 100% ~\'(!)*" #é?|';

/** What is tried through each proxy with each client, and its words for people. */
const CALLS = {
  call: 'a signed query',
  special: 'a query whose input has special characters',
  upload: 'an upload of 1 MiB',
  large: 'an upload of 8 MiB, for which the client reads 413',
  batch: 'two queries in one request',
} as const;

/** What is tried through each proxy with one client. */
const PACED = {
  slow: 'an upload that takes 17 seconds',
  stalled: 'an upload that pauses for 12 seconds',
  unsized: 'an upload without a content-length',
} as const;

export const OPERATIONS = {
  ...CALLS,
  ...PACED,
  restart: 'a subscription during a restart of the service',
} as const;

export type Operation = keyof typeof OPERATIONS;
/** An operation that every client carries out. */
export type Call = keyof typeof CALLS;
/** An operation whose body is sent in pieces. */
export type Paced = keyof typeof PACED;

export const CALL_NAMES = Object.keys(CALLS) as readonly Call[];
export const PACED_NAMES = Object.keys(PACED) as readonly Paced[];

const MEBIBYTE = 1024 * 1024;

/** The bytes of an upload. */
export const bytesOf = (mebibytes: number): Buffer => Buffer.alloc(mebibytes * MEBIBYTE, 7);

/** A call of a program that makes one signed call: its arguments, and what it must write. */
interface ProgramCall {
  readonly args: readonly string[];
  /** Whether the response, as JSON, is the right one. */
  // biome-ignore lint/suspicious/noExplicitAny: a response may be anything
  readonly isRight: (answer: any) => boolean;
}

const query = (name: string, input: unknown, more = '') =>
  `/api/${name}?${more}input=${encodeURIComponent(JSON.stringify(input))}`;
export const OCTETS = 'application/octet-stream';
const UPLOAD_DIGEST = createHash('sha256').update(bytesOf(1)).digest('hex');

/** The operations of a program. @param fileOf the path of a file of that many MiB */
export function programCalls(fileOf: (mebibytes: number) => string): Readonly<Record<Call, ProgramCall>> {
  return {
    call: {
      args: ['GET', query('exemple', { name: 'Ada' })],
      isRight: (answer) => answer.result.data.message === 'Hello, Ada!',
    },
    special: {
      args: ['GET', query('exemple', { name: SPECIAL })],
      isRight: (answer) => answer.result.data.message === `Hello, ${SPECIAL}!`,
    },
    upload: {
      args: ['POST', '/api/upload', `@${fileOf(1)}`, OCTETS],
      isRight: (answer) => answer.result.data.sha256 === UPLOAD_DIGEST,
    },
    large: {
      args: ['POST', '/api/upload', `@${fileOf(8)}`, OCTETS],
      isRight: (answer) => answer.error.data.reason === 'BODY_TOO_LARGE',
    },
    batch: {
      args: ['GET', query('exemple,whoami', { 0: { name: 'Ada' }, 1: {} }, 'batch=1&')],
      isRight: ([greeting, who]) =>
        greeting.result.data.message === 'Hello, Ada!' && who.result.data.kind === 'key',
    },
  };
}
