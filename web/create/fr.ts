import type { en } from './en.ts';

export const fr: typeof en = {
  title: "Créer une clé d'API",
  more: "Plus d'options",
  create: 'Créer la clé',
  cancel: 'Annuler',
  close: 'Fermer',
  changed:
    "Une clé a déjà été créée à partir de ce qui était saisi avant ; la réponse s'est perdue en route. Elle est dans la liste. Envoyez encore une fois pour en créer une autre à partir de ce qui est saisi maintenant.",
  lostTitle: 'La clé existe ; ses secrets se sont perdus en route',
  lost: "La réponse qui les contenait n'est pas arrivée. Ils sont affichés une fois et ne sont gardés nulle part : ils ne peuvent plus être affichés. La rotation de la clé lui en donne de nouveaux.",
  rotate: 'Faire la rotation et afficher les nouveaux secrets',
};
