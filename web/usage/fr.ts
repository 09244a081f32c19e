import type { en } from './en.ts';

export const fr: typeof en = {
  description:
    "Comment se sont terminés les appels de toutes les clés de cet espace de travail. Ce que des personnes font par elles-mêmes, comme ici dans la console, n'est pas compté.",
  busiest: 'Clés les plus actives',
  key: 'Clé',
  deleted: 'Une clé supprimée',
};
