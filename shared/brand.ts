/** How a service names itself, and how its API keys begin. */
export interface Brand {
  /** Plain text. */
  readonly name: string;
  /** The first part of an API key. */
  readonly keyPrefix: string;
}

/** The brand of a service whose operator configured no other. */
export const DEFAULT_BRAND = { name: 'Keyseal', keyPrefix: 'ks' } as const satisfies Brand;

/** The beginning of a key in our own texts and examples, which may be escaped for HTML. */
const KEY_START = /\bks_(?=(?:live|test|(?:<|&lt;)live\|test(?:>|&gt;))_)/g;

/** Our own text or example with the prefix of the service's keys. */
export const withKeyPrefix = (text: string, { keyPrefix }: Pick<Brand, 'keyPrefix'>): string =>
  text.replace(KEY_START, `${keyPrefix}_`);
