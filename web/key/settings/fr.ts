import { countedFr } from '../../language/counted.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  save: 'Enregistrer les modifications',
  undo: 'Abandonner',
  saved: 'Enregistré. Cela s’applique à tous les appels à partir de maintenant.',
  changed: (fields) => `Pas encore enregistré : ${fields}.`,
  unsaved: 'Pas encore enregistré',
  leave:
    'Les modifications apportées à cette clé ne sont pas enregistrées. Quitter la page sans les enregistrer ?',
  keptElsewhere: (fields) =>
    `Modifié ailleurs pendant votre saisie : ${fields}. Si vous enregistrez, cette modification est conservée.`,
  replacedElsewhere: (fields) =>
    `Modifié ailleurs pendant votre saisie : ${fields}. Si vous enregistrez, ce que vous voyez ici remplacera cette modification.`,
  contents: 'Réglages de cette clé',
  model:
    'Toutes les sections sont enregistrées ensemble. D’ici là, les appels suivent les réglages enregistrés.',
  sections: {
    general: 'Général',
    permissions: 'Permissions',
    access: 'Expiration et adresses IP',
    limits: 'Limites et crédits',
    details: 'Vérification et métadonnées',
  },
  values: {
    noExternalId: 'Aucun propriétaire externe',
    permissions: (count, written) =>
      count === 0 ? 'Aucune' : `${written} ${count === 1 ? 'permission' : 'permissions'}`,
    noExpiry: 'N’expire jamais',
    until: (day) => `Jusqu’au ${day}`,
    expired: (day) => `Expirée le ${day}`,
    addresses: (count) =>
      count === 0 ? 'toutes les adresses IP' : `${count} ${count === 1 ? 'adresse IP' : 'adresses IP'}`,
    limits: (count) => (count === 0 ? 'Aucune limite' : `${count} ${count === 1 ? 'limite' : 'limites'}`),
    noCredits: 'crédits illimités',
    credits: (left) => countedFr(left, 'crédit', 'crédits'),
    hosts: (count) =>
      count === 0
        ? 'Ne vérifie pour aucun hôte'
        : `Vérifie pour ${countedFr(String(count), 'hôte', 'hôtes')}`,
    metadata: 'avec métadonnées',
    noMetadata: 'sans métadonnées',
  },
  danger: 'Zone sensible',
  dangerMore: 'Chaque action demande confirmation, puis prend effet aussitôt.',
  revoked: 'Cette clé est révoquée : vous ne pouvez plus la modifier.',
  readOnly: 'Votre rôle dans cet espace de travail permet de lire les clés, pas de les modifier.',
};
