import type { en } from './en.ts';

export const fr: typeof en = {
  save: 'Enregistrer les modifications',
  undo: 'Annuler',
  saved: 'Enregistré. Cela vaut pour tout appel à partir de maintenant.',
  nothing: "Rien n'est encore modifié.",
  revoked: 'Cette clé est révoquée : plus rien ne peut y être modifié.',
  readOnly: 'Votre rôle dans cet espace de travail permet de lire les clés, pas de les modifier.',
};
