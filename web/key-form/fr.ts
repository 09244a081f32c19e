import { BRAND } from '../ui/theme/brand.ts';
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
  permissionGroups: { api: 'Appeler l’API', administration: 'Administrer ce service' },
  permissionHints: {
    'keys:read': 'Voir les clés et leurs réglages.',
    'keys:write': 'Créer, modifier et révoquer des clés, faire leur rotation.',
    'members:read': 'Voir les membres de l’espace de travail.',
    'members:write': 'Inviter, retirer et modifier des membres.',
    'workspaces:write': 'Renommer l’espace, créer des clés de service.',
    'workspaces:delete': 'Supprimer l’espace de travail.',
    'usage:read': 'Voir les appels, leurs totaux et les appels en direct.',
    'audit:read': 'Lire le journal d’audit.',
    'requests:verify': 'Vérifier des requêtes reçues ailleurs.',
    'exemple:read': 'La requête d’exemple.',
    'echo:write': 'La mutation d’exemple : renvoie ce qu’elle reçoit.',
    'profile:read': 'L’appel d’exemple au nom d’une personne.',
    'clock:read': 'Le flux d’exemple.',
    'upload:write': 'L’appel d’exemple avec des fichiers.',
  },
  wholeArea: 'Toutes ses permissions, même futures.',
  picks: { reading: 'Lecture seule', everything: 'Tout ce que je peux faire', nothing: 'Aucune' },
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
    'Un nombre d’appels sur toute période d’une durée donnée, quel qu’en soit le début. Un appel doit respecter toutes les limites.',
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
  addresses: 'Adresses IP autorisées',
  addressesHint:
    'Une adresse IP ou un bloc CIDR par ligne, par exemple 203.0.113.0/24. Si la liste est vide, les appels peuvent venir de partout.',
  externalId: 'Propriétaire externe',
  externalIdHint:
    'Le nom que vous donnez au client qui reçoit la clé. Toutes les clés d’un propriétaire externe partagent ses limites et ses crédits.',
  authorities: 'Peut vérifier les requêtes pour',
  authoritiesHint:
    'Un hôte par ligne, par exemple boutique.example.com ou localhost:8443 : les services pour lesquels cette clé peut appeler verify.',
  metadata: 'Métadonnées',
  metadataHint: `Un objet JSON pour vos propres notes, par exemple {"plan": "pro"}. ${BRAND.name} ne le lit pas.`,
  signer: 'Ce avec quoi la clé signe',
  signers: {
    secret: 'Un secret de signature',
    madePair: 'Une clé privée, créée dans ce navigateur',
    ownPair: 'Votre propre clé privée',
  },
  signerHints: {
    secret: 'Le service a aussi ce secret, chiffré.',
    madePair:
      'Vous recevez la clé privée une seule fois. Le service ne reçoit que la clé publique : rien de ce qu’il conserve ne peut signer.',
    ownPair: 'Même principe, avec une clé qui n’entre jamais dans ce navigateur.',
  },
  publicKey: 'Clé publique',
  publicKeyHint: 'Ce qu’affiche keyseal keygen : un objet JSON avec publicKey et proof.',
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
      `« ${text} » n’est ni une adresse IP (203.0.113.7) ni un bloc CIDR (203.0.113.0/24, 2001:db8::/32).`,
    addresses: 'Au plus 64 lignes.',
    externalId: 'Au plus 200 caractères, sans caractère de contrôle ni de changement de sens d’écriture.',
    authority: (text) =>
      `« ${text} » n’est pas un hôte en minuscules, comme boutique.example.com ou localhost:8443.`,
    authorities: 'Au plus 64 lignes.',
    publicKey:
      'Collez tout ce qu’affiche keyseal keygen, et aucune clé privée : publicKey est de type Ed25519, P-256, P-384 ou RSA de 2 048 à 4 096 bits, et diffère de la clé actuelle.',
    proof:
      'La preuve n’a pas été acceptée. Elle doit être signée par la même clé, pour l’émetteur de ce service, dater de cinq minutes au plus et n’avoir jamais servi. Créez-en une autre avec keyseal keygen.',
    metadata:
      'Un objet JSON de 4 096 octets au plus, sans NUL ni propriété nommée __proto__, constructor ou prototype.',
  },
};
