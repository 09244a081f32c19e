import { type Environment, isKeyId, keyPrefix } from '../../shared/key-format.ts';
import { BRAND } from '../ui/theme/brand.ts';
import type { PagePart } from './markdown-page.ts';

/** The key in the examples: its public part. */
export interface ExampleKey {
  readonly id: string;
  readonly environment: Environment;
}

/** The placeholder for a reader without a key: the same as in the docs. */
export const SOME_KEY: ExampleKey = { id: '<id>', environment: 'test' };

/** What can be shown of an API key; its secret is not known here. */
export const apiKeyOf = ({ id, environment }: ExampleKey): string =>
  `${keyPrefix(BRAND.keyPrefix, environment, id)}…`;

/** Escaped, as it appears in HTML. */
const PLACEHOLDER = '&lt;id&gt;';

/** The prefix of a key that stands for any; the operator of the service may have another. */
const KEY_START = /\bks_(?=(?:test|live)_(?:&lt;id&gt;|…))/g;

/** Puts the service's prefix and a key's id into HTML of our own; ignores anything that is not an id. */
export function withKey(html: string, { id, environment }: ExampleKey): string {
  const prefixed = html.replace(KEY_START, `${BRAND.keyPrefix}_`);
  if (!isKeyId(id)) return prefixed;
  return prefixed
    .replaceAll(keyPrefix(BRAND.keyPrefix, 'test', PLACEHOLDER), keyPrefix(BRAND.keyPrefix, environment, id))
    .replaceAll(PLACEHOLDER, id);
}

/** Whether a page has examples with a key. */
export const showsKey = (parts: readonly PagePart[]): boolean =>
  parts.some((part) => 'snippets' in part || part.html.includes(PLACEHOLDER));
