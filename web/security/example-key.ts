import type { Environment } from '../../shared/key-format.ts';

/** The key that stands in examples: what is public of it. */
export interface ExampleKey {
  readonly id: string;
  readonly environment: Environment;
}

/** What stands where the reader has no key, or has chosen none: as in the pages of docs. */
export const SOME_KEY: ExampleKey = { id: '<id>', environment: 'test' };

/** What can be shown of an API key; its secret is not known here. */
export const apiKeyOf = ({ id, environment }: ExampleKey): string => `ks_${environment}_${id}_…`;

/** Escaped, as it stands in HTML. */
const PLACEHOLDER = '&lt;id&gt;';
const ID = /^[0-9A-Za-z]{12}$/;

/** HTML of our own with a key's id in it; anything that is no id is not put there. */
export function withKey(html: string, { id, environment }: ExampleKey): string {
  if (!ID.test(id)) return html;
  return html.replaceAll(`ks_test_${PLACEHOLDER}`, `ks_${environment}_${id}`).replaceAll(PLACEHOLDER, id);
}
