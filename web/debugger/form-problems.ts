import { parseSignature, SIGNER_ID } from '../../shared/signature.ts';
import { bearerOf, keyIdOf, signatureParts } from './expected-base.ts';
import { type PastedRequest, valuesOf } from './request-parts.ts';

/** Problems of a request that are checked before its ten lines; each is explained in words. */
const OF_REQUEST = {
  noAuthorization: ({ headers }) => valuesOf(headers, 'authorization').length === 0,
  noSignature: ({ headers }) => valuesOf(headers, 'x-signature').join('') === '',
  grammar: (request) => hasSignature(request) && !parseSignature(headerOf(request)),
  milliseconds: (request) => /^\d{13}$/.test(signatureParts(request).t),
  nonceAlphabet: (request) => /[^\w-]/.test(signatureParts(request).n),
  nonceShort: (request) => /^[\w-]{1,21}$/.test(signatureParts(request).n),
  macUpper: (request) => /[A-F]/.test(signatureParts(request).s),
  macBase64: (request) => /^[\w+/-]{43}=?$/.test(signatureParts(request).s),
  kNotBearers: (request) => {
    const id = keyIdOf(bearerOf(request));
    return id !== null && hasSignature(request) && signatureParts(request).k !== id;
  },
  bodyOnGet: ({ method, body }) => method === 'GET' && body !== '',
  repeated: ({ headers }) =>
    ['authorization', 'x-signature', 'x-user-token', 'content-type', 'host'].some(
      (name) => valuesOf(headers, name).length > 1,
    ),
  contentEncoding: ({ headers }) => valuesOf(headers, 'content-encoding').length > 0,
} as const satisfies Record<string, (request: PastedRequest) => boolean>;

export type RequestProblem = keyof typeof OF_REQUEST;

const headerOf = ({ headers }: PastedRequest): string => valuesOf(headers, 'x-signature')[0] ?? '';
const hasSignature = (request: PastedRequest): boolean => headerOf(request) !== '';

export const problemsOfRequest = (request: PastedRequest): readonly RequestProblem[] =>
  (Object.keys(OF_REQUEST) as RequestProblem[]).filter((name) => OF_REQUEST[name](request));

/** Problems of a base whatever the request is: not ten lines, or wrong line endings. */
const OF_BASE = {
  carriageReturns: (base) => base.includes('\r'),
  literalNewline: (base) => base.includes('\\n'),
  trailingNewline: (base) => base.endsWith('\n') && base.split('\n').length > 10,
  tooMany: (base) => base.replace(/\n+$/, '').split('\n').length > 10,
  tooFew: (base) => !base.includes('\\n') && base.split('\n').length < 10,
} as const satisfies Record<string, (base: string) => boolean>;

export type BaseProblem = keyof typeof OF_BASE;

/** Those that a base in either format may have. */
const OF_LINES: readonly BaseProblem[] = ['carriageReturns', 'literalNewline'];

export const problemsOfLines = (base: string): readonly BaseProblem[] =>
  OF_LINES.filter((name) => OF_BASE[name](base));

export const problemsOfBase = (base: string): readonly BaseProblem[] =>
  (Object.keys(OF_BASE) as BaseProblem[]).filter((name) => OF_BASE[name](base));

/** The syntax of each line. */
const FORMS: readonly RegExp[] = [
  /^v1\.request$/,
  SIGNER_ID,
  /^[1-9][0-9]{9}$/,
  /^[A-Za-z0-9_-]{22,64}$/,
  /^(?:GET|POST)$/,
  /^[a-z0-9.:[\]-]+$/,
  /^\/[\x21-\x7e]*$/,
  /^[\x20-\x7e]*$/,
  /^[0-9a-f]{64}$/,
  /^[0-9a-f]{64}$/,
];

/** The lines of a base, 1 to 10, that are malformed. */
export function linesOfNoForm(base: string): readonly number[] {
  const lines = base.split('\n');
  return FORMS.flatMap((form, at) => (form.test(lines[at] ?? '') ? [] : [at + 1]));
}
