import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Créer une clé d’API',
  more: 'Plus d’options',
  create: 'Créer la clé',
  cancel: 'Annuler',
  close: 'Fermer',
  changed:
    'Une clé a déjà été créée à partir de votre saisie précédente, mais la réponse n’est pas arrivée. La clé est dans la liste. Envoyez de nouveau pour en créer une autre à partir de la saisie actuelle.',
  lostTitle: 'La clé existe, mais ses secrets ne sont pas arrivés',
  lost: 'La réponse qui contenait les secrets n’est pas arrivée. Keyseal ne les affiche qu’une fois. Faites la rotation de la clé pour en obtenir d’autres.',
  lostOwnKey:
    'La réponse qui contenait la clé d’API n’est pas arrivée. Keyseal ne l’affiche qu’une fois. Faites la rotation de la clé dans la liste, avec une autre clé publique.',
  rotate: 'Faire la rotation et afficher les nouveaux secrets',
};
