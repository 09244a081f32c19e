import type { en } from './en.ts';

export const fr: typeof en = {
  description:
    'Les appels des clés de cet espace de travail au cours des 24 dernières heures, un à un. Ni les corps ni les secrets ne sont enregistrés. Si une clé fait longtemps plus de deux appels par seconde, seul un échantillon est conservé ; les appels refusés sont échantillonnés à part.',
  filters: {
    requestId: 'Id. de requête',
    key: 'Clé',
    procedure: 'Procédure',
    environment: 'Environnement',
    outcome: 'Résultat',
    from: 'Depuis (UTC)',
    to: 'Jusqu’à (UTC)',
  },
  any: 'Tous',
  outcomes: { accepted: 'Accepté', refused: 'Refusé' },
  filter: 'Appliquer',
  all: 'Tout afficher',
  refresh: 'Actualiser',
  nothing: 'Aucun appel',
  nothingMore:
    'Aucune clé n’a fait d’appel au cours des 24 dernières heures. Les appels faits par des personnes dans la console ne figurent pas ici.',
  makeCall: 'Faire un appel dans le bac à sable',
  noMatch:
    'Aucun appel des 24 dernières heures ne correspond à ces filtres. D’une clé qui appelle souvent, seul un échantillon est conservé.',
  shown: (count, written, more) =>
    `${count < 2 ? `${written} appel affiché` : `${written} appels affichés`}${more ? ', il y en a d’autres' : ''}.`,
  more: 'Charger la suite',
  table: 'Les appels, du plus récent au plus ancien',
  columns: ['Heure (UTC)', 'Résultat', 'Procédure', 'Clé', 'Durée', 'Id. de requête'],
  sampled: (written) => `1 sur ${written} conservé`,
  milliseconds: (written) => `${written} ms`,
  deleted: 'Clé supprimée',
  details: 'Appel',
  facts: {
    at: 'Quand',
    outcome: 'Résultat',
    status: 'Statut HTTP',
    procedure: 'Procédure',
    key: 'Clé',
    environment: 'Environnement',
    duration: 'Durée',
    address: 'Depuis',
    requestId: 'Id. de requête',
    represents: 'Représente',
  },
  environments: { live: 'Production', test: 'Test' },
  noAddress: 'Inconnue',
  calls: (written) => `${written} appels de la clé, dont celui-ci a été conservé`,
  onlyKey: 'Seulement cette clé',
  onlyRequest: 'Seulement cette requête',
};
