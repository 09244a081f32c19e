import { type CSSVariablesResolver, createTheme } from '@mantine/core';

/** The colour schemes to choose from. */
export const SCHEMES = ['auto', 'light', 'dark'] as const;

/** The green of the seal. Its sixth shade has a contrast of 4.5 to white. */
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

/** A red whose shade on buttons has a contrast of 4.5 to white too. */
const RED = [
  '#fff0f0',
  '#ffe0e0',
  '#ffc2c2',
  '#ff9d9d',
  '#ff7b7b',
  '#f25a5c',
  '#dd3c41',
  '#c3232b',
  '#a81d25',
  '#8c161e',
] as const;

export const theme = createTheme({
  primaryColor: 'seal',
  primaryShade: 7,
  colors: { seal: SEAL, red: RED },
  fontFamily: 'system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, monospace',
  headings: { fontFamily: 'system-ui, sans-serif', fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // It closes by itself, and screen readers announce it.
    Notification: { defaultProps: { withCloseButton: false } },
    Anchor: { defaultProps: { underline: 'always' } },
    // The scroll lock would add its own style. The components are named here because their code loads with their
    // page.
    Modal: { defaultProps: { lockScroll: false, centered: true } },
    Drawer: { defaultProps: { lockScroll: false } },
    // WAI-ARIA would take a <header> in a dialog for the banner of the page.
    ModalHeader: { defaultProps: { component: 'div' } },
    DrawerHeader: { defaultProps: { component: 'div' } },
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: true } } },
  },
});

/** Readable grey text: the library's greys have too little contrast for WCAG 2.2 §1.4.3. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { '--mantine-color-dimmed': '#5c636b', '--mantine-color-error': '#c3232b' },
  dark: { '--mantine-color-dimmed': '#a6a9ae', '--mantine-color-error': '#ff8787' },
});
