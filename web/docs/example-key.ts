import { type Environment, isKeyId, keyPrefix } from '../../shared/key-format.ts';
import type { PagePart } from './markdown-page.ts';

/** The key in the examples: its public part. */
export interface ExampleKey {
  readonly id: string;
  readonly environment: Environment;
}

/** The placeholder for a reader without a key: the same as in the docs. */
export const SOME_KEY: ExampleKey = { id: '<id>', environment: 'test' };

/** What can be shown of an API key; its secret is not known here. */
export const apiKeyOf = ({ id, environment }: ExampleKey): string => `${keyPrefix('ks', environment, id)}…`;

/** Escaped, as it appears in HTML. */
const PLACEHOLDER = '&lt;id&gt;';

/** Puts a key's id into HTML of our own; ignores anything that is not an id. */
export function withKey(html: string, { id, environment }: ExampleKey): string {
  if (!isKeyId(id)) return html;
  return html
    .replaceAll(keyPrefix('ks', 'test', PLACEHOLDER), keyPrefix('ks', environment, id))
    .replaceAll(PLACEHOLDER, id);
}

/** Whether a page has examples with a key. */
export const showsKey = (parts: readonly PagePart[]): boolean =>
  parts.some((part) => 'snippets' in part || part.html.includes(PLACEHOLDER));
