import type { en } from './en.ts';

export const fr: typeof en = {
  accepted: 'Acceptés',
  refused: 'Refusés',
  chart: 'Appels par résultat',
  keys: 'Survolez une barre pour lire ses valeurs, ou placez-vous sur le graphique et utilisez les flèches.',
  range: 'Période',
  ranges: { '1h': '1 heure', '24h': '24 heures', '7d': '7 jours', '30d': '30 jours' },
  steps: {
    '1h': 'La dernière heure, minute par minute.',
    '24h': 'Les dernières 24 heures, heure par heure.',
    '7d': 'Les 7 derniers jours. Un jour commence à minuit UTC.',
    '30d': 'Les 30 derniers jours. Un jour commence à minuit UTC.',
  },
  view: 'Affichage',
  views: { chart: 'Graphique', table: 'Tableau' },
  begins: 'Début',
  noCalls: 'Aucun appel sur cette période',
  noCallsMore: 'Un appel apparaît ici environ une seconde après s’être terminé.',
  procedures: 'Appels par procédure',
  procedure: 'Procédure',
  refusals: 'Refus par motif',
  noRefusals: 'Aucun sur cette période.',
  times: (count: number, written: string) => (count < 2 ? 'une fois' : `${written} fois`),
  fix: 'Que faire :',
};
