import type { HeaderValues } from '../request-rules.ts';
import type { Component } from './components.ts';

/** The optional parts of a request that must be signed if the request has them. */
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
 * counts: with `key` or `sf` the signature covers another string than the one that the service reads.
 */
export function findUncovered(components: readonly Component[], contents: RequestContents): string[] {
  const isUncovered = (wanted: string) =>
    !components.some(({ name, parameters }) => name === wanted && parameters.size === 0);
  const missing = requiredNames(contents).filter(isUncovered);
  const targets = TARGETS.map((names) => names.filter(isUncovered));
  const nearest = targets.reduce((best, names) => (names.length <= best.length ? names : best));
  return [...missing, ...nearest];
}

/** The parts that a request must sign, as far as its headers tell. An API key has no dot; a user token has two. */
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

/** What must be covered if a request has it. */
const REQUIRED_WITH: readonly (readonly [keyof RequestContents, name: string])[] = [
  ['hasContentType', 'content-type'],
  ['hasBody', 'content-digest'],
  ['hasUserToken', 'x-user-token'],
  ['isTokenBearer', 'authorization'],
];

function requiredNames(contents: RequestContents): readonly string[] {
  const names = ['@method'];
  for (const [content, name] of REQUIRED_WITH) if (contents[content]) names.push(name);
  return names;
}
