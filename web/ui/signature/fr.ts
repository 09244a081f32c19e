import type { en } from './en.ts';

export const fr: typeof en = {
  open: 'Dix lignes, pas encore scellées.',
  accepted: 'Les dix lignes se sont refermées en un sceau : l’appel a été accepté.',
  refused: 'Le sceau est fendu : l’appel a été refusé.',
  refusedAt: (line) => `Le sceau est fendu à la ligne ${line} sur 10 : l’appel a été refusé.`,
};
