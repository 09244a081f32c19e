import { type Brand, DEFAULT_BRAND } from '../../shared/brand.ts';
import type { Config } from '../lib/config.ts';

/** How the service presents itself on the pages that it writes. */
export interface PageBrand extends Brand {
  /** Where the logo is, below the base path. */
  readonly logo: 'icon.svg' | 'brand-logo';
}

const DEFAULT: PageBrand = { ...DEFAULT_BRAND, logo: 'icon.svg' };

const MADE = new WeakMap<Config, PageBrand>();

/** What the operator configured: the same object each time. @param config null while the service starts */
export function pageBrandOf(config: Config | null): PageBrand {
  if (!config) return DEFAULT;
  const { brand, branding } = config;
  const made = MADE.get(config) ?? {
    name: branding.name,
    keyPrefix: brand,
    logo: branding.logo ? ('brand-logo' as const) : ('icon.svg' as const),
  };
  MADE.set(config, made);
  return made;
}
