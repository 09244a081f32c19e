import type { en } from './en.ts';

export const fr: typeof en = {
  language: 'Langue',
  scheme: 'Couleurs',
  schemes: { auto: 'Comme le système', light: 'Clair', dark: 'Sombre' },
};
