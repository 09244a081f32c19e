import { type Environment, isKeyId, keyHead } from '../../shared/key-format.ts';

/** The key that stands in examples: what is public of it. */
export interface ExampleKey {
  readonly id: string;
  readonly environment: Environment;
}

/** What stands where the reader has no key, or has chosen none: as in the pages of docs. */
export const SOME_KEY: ExampleKey = { id: '<id>', environment: 'test' };

/** What can be shown of an API key; its secret is not known here. */
export const apiKeyOf = ({ id, environment }: ExampleKey): string => `${keyHead('ks', environment, id)}…`;

/** Escaped, as it stands in HTML. */
const PLACEHOLDER = '&lt;id&gt;';

/** HTML of our own with a key's id in it; anything that is no id is not put there. */
export function withKey(html: string, { id, environment }: ExampleKey): string {
  if (!isKeyId(id)) return html;
  return html
    .replaceAll(keyHead('ks', 'test', PLACEHOLDER), keyHead('ks', environment, id))
    .replaceAll(PLACEHOLDER, id);
}
