import type { en } from './en.ts';

export const fr: typeof en = {
  save: 'Enregistrer les modifications',
  undo: 'Annuler',
  saved: 'Enregistré. Cela s’applique à tous les appels à partir de maintenant.',
  nothing: 'Vous n’avez encore rien modifié.',
  revoked: 'Cette clé est révoquée : vous ne pouvez plus la modifier.',
  readOnly: 'Votre rôle dans cet espace de travail permet de lire les clés, pas de les modifier.',
};
