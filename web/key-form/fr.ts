import type { en } from './en.ts';

export const fr: typeof en = {
  name: 'Nom',
  nameHint: 'À quoi sert la clé, pour la reconnaître plus tard.',
  environment: 'Environnement',
  environments: { test: 'Test', live: 'Production' },
  environmentHints: {
    test: 'Pour les essais. Elle n’accède à aucune clé de production.',
    live: 'Pour la production.',
  },
  permissions: 'Permissions',
  permissionsHint:
    'Ce que la clé peut faire : au plus ce que vous pouvez faire vous-même. Un domaine avec * comprend toutes ses permissions.',
  picks: { reading: 'Toutes les lectures', everything: 'Tout ce que vous pouvez faire', nothing: 'Aucune' },
  expiry: 'Expiration',
  expiries: {
    never: 'Jamais',
    '30': 'Dans 30 jours',
    '90': 'Dans 90 jours',
    '365': 'Dans un an',
    day: 'À une date de votre choix',
  },
  day: 'Dernier jour (UTC)',
  until: (day) => `Valable jusqu’à la fin du ${day} (UTC).`,
  limits: 'Limites',
  limitsHint:
    'Un nombre d’appels sur une période de durée donnée, où qu’elle commence. Un appel doit respecter toutes les limites.',
  limit: (number) => `Limite ${number}`,
  limitName: 'Nom',
  limitCalls: 'Appels',
  limitEvery: 'Par',
  limitUnit: 'Unité',
  units: { second: 'secondes', minute: 'minutes', hour: 'heures', day: 'jours' },
  addLimit: 'Ajouter une limite',
  removeLimit: 'Retirer',
  removeLimitOf: (number) => `Retirer la limite ${number}`,
  credits: 'Crédits',
  metered: 'Chaque appel coûte des crédits',
  meteredHint: 'Quand ils sont épuisés, les appels sont refusés.',
  remaining: 'Crédits restants',
  refill: 'Rechargés',
  refills: { none: 'Jamais', day: 'Chaque jour', month: 'Chaque mois' },
  amount: 'Jusqu’à',
  addresses: 'Adresses autorisées',
  addressesHint:
    'Une adresse ou un bloc CIDR par ligne, par exemple 203.0.113.0/24. Si la liste est vide, les appels peuvent venir de partout.',
  externalId: 'Client externe',
  externalIdHint:
    'Le nom que vous donnez au client qui reçoit la clé. Toutes les clés d’un client externe partagent ses limites et ses crédits.',
  authorities: 'Peut vérifier les requêtes pour',
  authoritiesHint:
    'Un hôte par ligne, par exemple boutique.example.com ou localhost:8443 : les services pour lesquels cette clé peut appeler verify.',
  metadata: 'Métadonnées',
  metadataHint: 'Un objet JSON pour vos propres notes, par exemple {"plan": "pro"}. Keyseal ne le lit pas.',
  service: 'Clé de service',
  serviceHint:
    'Elle appartient à l’espace de travail et à aucune personne, et fonctionne encore après votre départ.',
  errors: {
    name: '1 à 100 caractères, sans caractère de contrôle ni de changement de sens d’écriture.',
    permissions: 'Choisissez au moins une permission que vous avez.',
    day: 'Choisissez un jour qui n’est pas passé.',
    limits: 'Au plus 8 limites, chacune avec son propre nom.',
    limitName: '1 à 32 caractères parmi a-z, 0-9, _ et -.',
    limitTaken: 'Une autre limite porte ce nom.',
    limitCalls: 'Un nombre entier de 1 à 1 000 000 000.',
    limitEvery: 'Un nombre entier ; 30 jours au plus.',
    remaining: 'Un nombre entier de 0 à 1 000 000 000 000.',
    amount: 'Un nombre entier de 1 à 1 000 000 000 000.',
    address: (text) =>
      `« ${text} » n’est pas une adresse (203.0.113.7) ni un bloc CIDR (203.0.113.0/24, 2001:db8::/32).`,
    addresses: 'Au plus 64 lignes.',
    externalId: 'Au plus 200 caractères, sans caractère de contrôle ni de changement de sens d’écriture.',
    authority: (text) =>
      `« ${text} » n’est pas un hôte en minuscules, comme boutique.example.com ou localhost:8443.`,
    authorities: 'Au plus 64 lignes.',
    metadata:
      'Un objet JSON de 4 096 octets au plus, sans NUL ni membre nommé __proto__, constructor ou prototype.',
  },
};
