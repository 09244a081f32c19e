import type { HeaderValues } from '../request-rules.ts';
import type { Component } from './components.ts';

/** What of a request must be signed because the request has it. */
export interface RequestContents {
  readonly hasBody: boolean;
  readonly hasContentType: boolean;
  /** Whether `x-user-token` is sent. */
  readonly hasUserToken: boolean;
  /** Whether `authorization` holds a user token, which nothing else in the signature names. */
  readonly isTokenBearer: boolean;
}

/** The ways to cover the whole target. */
const TARGETS: readonly (readonly string[])[] = [
  ['@target-uri'],
  ['@authority', '@request-target'],
  ['@authority', '@path', '@query'],
];

/**
 * The components that a signature must cover for these contents, and does not. Only a component without parameters
 * counts: with `key` or `sf` another text is covered than the service reads.
 */
export function uncovered(components: readonly Component[], contents: RequestContents): string[] {
  const covered = new Set(
    components.filter(({ parameters }) => parameters.size === 0).map(({ name }) => name),
  );
  const missing = requiredNames(contents).filter((name) => !covered.has(name));
  const targets = TARGETS.map((names) => names.filter((name) => !covered.has(name)));
  const nearest = targets.reduce((best, names) => (names.length <= best.length ? names : best));
  return [...missing, ...nearest];
}

/** What a request must sign, as far as its headers tell. A key has no dot; a user token has two. */
export const contentsIn = (values: HeaderValues): RequestContents => ({
  hasBody:
    values('transfer-encoding').length > 0 || values('content-length').some((length) => Number(length) > 0),
  hasContentType: values('content-type').some(Boolean),
  hasUserToken: values('x-user-token').some(Boolean),
  isTokenBearer: values('authorization').some((text) => text.includes('.')),
});

/**
 * The value of `accept-signature` (RFC 9421 §5.1): what a signature of a request with these contents must cover. `nonce` and
 * `keyid` are the signer's to choose, and cannot be asked for without a value.
 */
export const acceptSignature = (contents: RequestContents): string =>
  `keyseal=(${[...requiredNames(contents), '@target-uri'].map((name) => `"${name}"`).join(' ')});created;tag="keyseal"`;

function requiredNames(contents: RequestContents): readonly string[] {
  return [
    '@method',
    ...(contents.hasContentType ? ['content-type'] : []),
    ...(contents.hasBody ? ['content-digest'] : []),
    ...(contents.hasUserToken ? ['x-user-token'] : []),
    ...(contents.isTokenBearer ? ['authorization'] : []),
  ];
}
