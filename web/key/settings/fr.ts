import type { en } from './en.ts';

export const fr: typeof en = {
  save: 'Enregistrer les modifications',
  undo: 'Abandonner',
  saved: 'Enregistré. Cela s’applique à tous les appels à partir de maintenant.',
  changed: (fields) => `Pas encore enregistré : ${fields}.`,
  unsaved: 'Pas encore enregistré',
  leave: 'Vos modifications de cette clé ne sont pas enregistrées. Quitter la page sans les enregistrer ?',
  keptElsewhere: (fields) =>
    `Modifié ailleurs pendant votre saisie : ${fields}. Enregistrer vos modifications n’y change rien.`,
  replacedElsewhere: (fields) =>
    `Modifié ailleurs pendant votre saisie : ${fields}. Enregistrer y substitue ce que vous voyez ici.`,
  contents: 'Réglages de cette clé',
  model:
    'Toutes les sections sont enregistrées ensemble. D’ici là, les appels suivent les réglages enregistrés.',
  sections: {
    general: 'Général',
    permissions: 'Permissions',
    access: 'Expiration et adresses',
    limits: 'Limites et crédits',
    details: 'Vérification et métadonnées',
  },
  values: {
    noExternalId: 'Aucun propriétaire externe',
    permissions: (count, written) =>
      count === 0 ? 'Aucune' : `${written} ${count === 1 ? 'permission' : 'permissions'}`,
    noExpiry: 'N’expire jamais',
    until: (day) => `Jusqu’au ${day}`,
    addresses: (count) =>
      count === 0 ? 'toutes les adresses' : `${count} ${count === 1 ? 'adresse' : 'adresses'}`,
    limits: (count) => (count === 0 ? 'Aucune limite' : `${count} ${count === 1 ? 'limite' : 'limites'}`),
    noCredits: 'sans crédits',
    credits: (left) => `${left} crédits`,
    hosts: (count) => (count === 0 ? 'Aucun hôte' : `${count} ${count === 1 ? 'hôte' : 'hôtes'}`),
    metadata: 'avec métadonnées',
    noMetadata: 'sans métadonnées',
  },
  danger: 'Zone sensible',
  dangerMore: 'Prend effet aussitôt, sans enregistrement.',
  revoked: 'Cette clé est révoquée : vous ne pouvez plus la modifier.',
  readOnly: 'Votre rôle dans cet espace de travail permet de lire les clés, pas de les modifier.',
};
