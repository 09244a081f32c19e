import type { en } from './en.ts';

export const fr: typeof en = {
  description:
    'Les résultats des appels de toutes les clés de cet espace de travail. Les appels que des personnes font avec leur session, comme dans cette console, ne sont pas comptés.',
  bothEnvironments: 'Tous',
  busiest: 'Clés les plus actives',
  key: 'Clé',
  deleted: 'Clé supprimée',
};
