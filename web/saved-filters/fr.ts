import type { en } from './en.ts';

export const fr: typeof en = {
  open: (count) => (count === 0 ? 'Filtres enregistrés' : `Filtres enregistrés (${count})`),
  title: 'Filtres enregistrés',
  kept: 'Gardés dans ce navigateur seulement, pour votre compte dans cet espace de travail. Les autres ne les voient pas.',
  none: 'Aucun filtre n’est encore enregistré.',
  name: 'Nom du filtre actuel',
  save: 'Enregistrer',
  nothing: 'Pour enregistrer un filtre, choisissez-en d’abord un sur la page.',
  full: (most) => `Au plus ${most} filtres sont gardés : supprimez-en un d’abord.`,
  apply: (name) => `Ouvrir ${name}`,
  rename: 'Renommer',
  renameOf: (name) => `Renommer ${name}`,
  newName: 'Nouveau nom',
  cancel: 'Annuler',
  remove: 'Supprimer',
  removeOf: (name) => `Supprimer ${name}`,
  wrongName: (most) => `1 à ${most} caractères sur une ligne.`,
  taken: 'Un autre filtre porte ce nom.',
  refused: 'Ce navigateur n’a pas gardé la modification : son stockage est plein ou désactivé.',
  close: 'Fermer',
};
