import { type CSSVariablesResolver, createTheme, rem } from '@mantine/core';
import { BRAND } from './brand.ts';
import { brandPalette } from './brand-palette.ts';
import { MOTION, PALETTES, RADII, SPACE, TYPE } from './tokens.ts';

/** The colour schemes to choose from. */
export const SCHEMES = ['auto', 'light', 'dark'] as const;

/** The green of accepted calls. */
const SEAL = [
  '#ecf7f3',
  '#d8ebe4',
  '#abd6c7',
  '#7bc0a8',
  '#54ad8e',
  '#3ca27d',
  '#217a60',
  '#1a6a53',
  '#125c47',
  '#004e3a',
] as const;

/** A red whose shades on buttons have a contrast of 4.5 to white. */
const RED = [
  '#fff0f0',
  '#ffe0e0',
  '#ffc2c2',
  '#ff9d9d',
  '#ff8f8c',
  '#f25a5c',
  '#cf333a',
  '#b8202a',
  '#9e1b24',
  '#84151d',
] as const;

const AMBER = [
  '#fff8eb',
  '#ffefd2',
  '#fddfa3',
  '#f9cb6d',
  '#f0b54a',
  '#d99723',
  '#a96a0a',
  '#8a5300',
  '#704400',
  '#593600',
] as const;

/** Greys with the hue of slate. */
const SLATE = [
  '#f6f7f9',
  '#eff2f5',
  '#e8ecf1',
  '#e2e7ed',
  '#ccd4dd',
  '#a5b1bf',
  '#7d8a9a',
  '#586474',
  '#3b4654',
  '#1f2a37',
] as const;

/** The library's surfaces of the dark scheme: text first, then borders, fields, cards and the page. */
const NIGHT = [
  '#d6dee9',
  '#b8c4d3',
  '#98a6b8',
  '#74839a',
  '#2c394b',
  '#212d3d',
  '#1a2431',
  '#131b26',
  '#0c121a',
  '#080d13',
] as const;

const FONT = "'Geist Variable', system-ui, sans-serif";
const MONO = "'Geist Mono Variable', ui-monospace, monospace";

const rems = <K extends string>(sizes: Readonly<Record<K, number>>) =>
  Object.fromEntries(Object.entries<number>(sizes).map(([name, size]) => [name, rem(size)])) as Record<
    K,
    string
  >;

const heading = (size: number, lineHeight: string) => ({ fontSize: rem(size), lineHeight });

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  colors: {
    brand: brandPalette(BRAND.color),
    seal: SEAL,
    green: SEAL,
    red: RED,
    yellow: AMBER,
    gray: SLATE,
    dark: NIGHT,
  },
  black: PALETTES.light.surfaces.text,
  fontFamily: FONT,
  fontFamilyMonospace: MONO,
  fontSizes: rems(TYPE),
  spacing: rems(SPACE),
  radius: rems(RADII),
  headings: {
    fontFamily: FONT,
    fontWeight: '600',
    sizes: {
      h1: heading(TYPE.xl, '1.2'),
      h2: heading(TYPE.xl, '1.2'),
      h3: heading(TYPE.lg, '1.3'),
      h4: heading(TYPE.lg, '1.3'),
      h5: heading(TYPE.md, '1.4'),
      h6: heading(TYPE.sm, '1.4'),
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // It closes by itself, and screen readers announce it.
    Notification: { defaultProps: { withCloseButton: false } },
    Anchor: { defaultProps: { underline: 'always' } },
    // Hints are below the fields, so that fields side by side are on one line.
    InputWrapper: { defaultProps: { inputWrapperOrder: ['label', 'input', 'error', 'description'] } },
    // Its own sizes are smaller than any of the scale.
    Badge: { defaultProps: { tt: 'none', radius: 'sm', fw: 550, fz: 'xs' } },
    Paper: { defaultProps: { radius: 'lg' } },
    // The scroll lock would add its own style. The components are named here because their code loads with their
    // page.
    Modal: { defaultProps: { lockScroll: false, centered: true, radius: 'xl' } },
    Drawer: { defaultProps: { lockScroll: false } },
    // WAI-ARIA would treat a <header> in a dialog as the banner of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
  },
});

const schemeVariables = ({ surfaces, meanings }: (typeof PALETTES)['light']) => ({
  ...Object.fromEntries(
    Object.entries({ ...surfaces, ...meanings }).map(([name, color]) => [`--ks-${name}`, color]),
  ),
  '--mantine-color-text': surfaces.text,
  '--mantine-color-body': surfaces.card,
  // The library's greys have too little contrast for WCAG 2.2 §1.4.3.
  '--mantine-color-dimmed': surfaces.dimmed,
  '--mantine-color-placeholder': surfaces.dimmed,
  '--mantine-color-error': meanings.refused,
});

/** The tokens as variables of CSS, `--ks-` before each name. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    '--ks-quick': `${MOTION.quick}ms`,
    '--ks-slow': `${MOTION.slow}ms`,
    '--ks-ease': MOTION.ease,
  },
  light: schemeVariables(PALETTES.light),
  dark: {
    ...schemeVariables(PALETTES.dark),
    // The next shade would be that of the light scheme, far darker.
    '--mantine-primary-color-filled-hover':
      'color-mix(in srgb, var(--mantine-primary-color-filled), black 18%)',
  },
});
