import type { en } from './en.ts';

export const fr: typeof en = {
  description: 'L’activité de cet espace depuis 24 heures, et ce qui demande votre attention.',
  calls: 'Appels',
  lastDay: '24 dernières heures',
  refused: 'Refusés',
  rate: 'Taux de refus',
  ofBefore: (rate) => `${rate} la veille`,
  noneBefore: 'Aucun appel la veille',
  expiring: 'Clés qui vont expirer',
  within: 'sous 14 jours',
  hours: (calls) => `Appels de chacune des 24 dernières heures, ${calls} au total`,
  hint: 'Survolez une barre pour lire ses valeurs, ou placez-vous sur le graphique et utilisez les flèches. Cliquez sur une barre pour ouvrir ses appels. Les heures sont en UTC.',
  since: (time) => `Heure par heure depuis le ${time}`,
  start: 'Premiers pas',
  steps: {
    key: [
      'Créer une clé',
      'Chaque client reçoit sa propre clé, dont les secrets ne sont affichés qu’une fois.',
    ],
    call: ['Faire un appel signé', 'Collez l’exemple fourni avec la clé, ou utilisez le bac à sable.'],
    limit: ['Limiter une clé', 'Une échéance, une limite ou des crédits réduisent le coût d’une fuite.'],
    team: [
      'Inviter quelqu’un',
      'Pour ne pas rester la seule personne à pouvoir faire la rotation d’une clé.',
    ],
  },
  done: 'Fait',
  toDo: 'À faire',
  progress: (done, all) => `${done} sur ${all} faits`,
  safety: 'Sécurité des clés',
  safe: {
    all: 'Rien à signaler : chaque clé de production expire et a une limite ou des crédits, aucune ne peut gérer l’espace de travail, et toutes les clés sont utilisées.',
    noLiveKeys:
      'Il n’y a pas de clé de production active. L’échéance, les limites et les permissions des clés de test ne sont pas vérifiées.',
    noKeys: 'Il n’y a pas encore de clé active.',
  },
  basis: (count) => `Calculé sur les ${count} clés actives les plus récentes.`,
  unusedBasis: (count) =>
    `Les permissions inutilisées sont recherchées dans les ${count} clés utilisées en dernier.`,
  findings: {
    powerful: (count, written) =>
      `${written} ${count === 1 ? 'clé de production peut' : 'clés de production peuvent'} gérer les clés, les membres ou l’espace de travail`,
    forever: (count, written) =>
      `${written} ${count === 1 ? 'clé de production n’expire jamais' : 'clés de production n’expirent jamais'}`,
    unlimited: (count, written) =>
      `${written} ${count === 1 ? 'clé de production n’a' : 'clés de production n’ont'} ni limite ni crédits`,
    idle: (count, written) =>
      `${written} ${count === 1 ? 'clé n’a pas servi' : 'clés n’ont pas servi'} depuis 90 jours`,
    expiring: (count, written) => `${written} ${count === 1 ? 'clé expire' : 'clés expirent'} sous 14 jours`,
    unused: (count, written) =>
      `${written} ${count === 1 ? 'clé a' : 'clés ont'} des permissions inutilisées depuis 90 jours`,
  },
  fixes: {
    powerful:
      'Retirez les permissions dont la clé n’a pas besoin : avec elles, une clé divulguée prend le contrôle de l’espace de travail.',
    forever: 'Fixez une échéance : une clé oubliée expirera d’elle-même.',
    unlimited: 'Fixez une limite : une clé divulguée ne pourra pas appeler sans limite.',
    idle: 'Désactivez ou révoquez les clés dont personne ne se sert.',
    expiring: 'Repoussez l’échéance ou créez une remplaçante avant que des clients soient refusés.',
    unused: 'Retirez les permissions dont la clé n’a pas besoin. Sa page les liste sous Limites et crédits.',
  },
  others: (count) => (count === '1' ? 'et une autre' : `et ${count} autres`),
  refusals: 'Refus récents',
  noRefusals: 'Aucun appel n’a été refusé depuis 24 heures.',
  times: (count, written) => (count === 1 ? 'une fois' : `${written} fois`),
  seeCalls: 'Voir ces appels dans le journal des appels',
  toUsage: 'Voir l’utilisation',
  toKeys: 'Voir toutes les clés',
};
