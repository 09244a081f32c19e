import { INK } from './tokens.ts';

/** How the service presents itself, as its operator configured it and as it writes it into the page. */
interface Brand {
  readonly name: string;
  /** The first part of the service's API keys. */
  readonly keyPrefix: string;
  /** Whether the operator configured a logo. */
  readonly hasLogo: boolean;
  /** `#rrggbb`. */
  readonly color: string;
}

const metaContent = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

const configuredColor = metaContent('keyseal-brand-color') ?? '';

export const BRAND: Brand = {
  name: metaContent('keyseal-brand-name') || 'Keyseal',
  keyPrefix: metaContent('keyseal-key-prefix') || 'ks',
  hasLogo: metaContent('keyseal-brand-logo') === 'custom',
  color: /^#[0-9a-f]{6}$/.test(configuredColor) ? configuredColor : INK,
};
