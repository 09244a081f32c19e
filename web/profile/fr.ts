import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Profil',
  you: 'Vous',
  email: 'Adresse e-mail',
  name: 'Nom',
  nameWrong: '1 à 100 caractères.',
  save: 'Enregistrer',
  saved: 'Enregistré.',
  password: 'Mot de passe',
  passwordMore: 'Un nouveau mot de passe met fin à toutes vos autres sessions.',
  current: 'Mot de passe actuel',
  next: 'Nouveau mot de passe',
  nextHint: 'Au moins 12 caractères ; quelques mots conviennent bien.',
  change: 'Changer le mot de passe',
  changed: 'Le mot de passe est changé. Les autres sessions ont pris fin.',
  currentWrong: 'Ce n’est pas votre mot de passe actuel.',
  currentMissing: 'Saisissez votre mot de passe actuel.',
  nextWrong: 'Au moins 12 caractères, au plus 1 024 octets.',
  show: 'Afficher le mot de passe',
  preferences: 'Langue et couleurs',
  language: 'Langue',
  scheme: 'Couleurs',
  sessions: 'Sessions',
  sessionsMore: 'Voyez où vous êtes connecté, et mettez fin à des sessions.',
  delete: 'Supprimer le compte',
  deleteMore:
    'Keyseal efface votre nom et votre adresse e-mail, désactive vos clés dans chaque espace de travail et supprime les espaces dont vous êtes le seul membre. Cette action est irréversible.',
  deleteOwner:
    'Si vous êtes le dernier propriétaire d’un espace qui a d’autres membres, nommez d’abord un autre propriétaire.',
};
