import { type Brand, DEFAULT_BRAND } from '../../../shared/brand.ts';
import { INK } from './tokens.ts';

/** How the service presents itself, as its operator configured it and as it writes it into the page. */
interface ConsoleBrand extends Brand {
  /** Whether the operator configured a logo. */
  readonly hasLogo: boolean;
  /** `#rrggbb`. */
  readonly color: string;
}

const metaContent = (name: string): string | undefined =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;

const configuredColor = metaContent('keyseal-brand-color') ?? '';

export const BRAND: ConsoleBrand = {
  name: metaContent('keyseal-brand-name') || DEFAULT_BRAND.name,
  keyPrefix: metaContent('keyseal-key-prefix') || DEFAULT_BRAND.keyPrefix,
  hasLogo: metaContent('keyseal-brand-logo') === 'custom',
  color: /^#[0-9a-f]{6}$/.test(configuredColor) ? configuredColor : INK,
};
