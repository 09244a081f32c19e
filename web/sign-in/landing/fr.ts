import type { en } from './en.ts';

export const fr: typeof en = {
  returning: 'Connexion en cours',
  taken:
    'Un compte a déjà votre adresse e-mail, ou est lié à cette identité. Si ce compte est le vôtre, connectez-vous avec son mot de passe, puis liez le fournisseur dans votre profil.',
  denied:
    'Le fournisseur vous connaît, mais vous ne pouvez pas vous connecter ici : votre compte est désactivé, le fournisseur n’a pas vérifié votre adresse e-mail, ou un administrateur de votre équipe doit d’abord vous donner accès.',
  reset: 'Choisir un nouveau mot de passe',
  resetMore: 'Le lien ne sert qu’une fois. Il met fin à toutes vos sessions.',
  resetDone: 'Votre nouveau mot de passe est enregistré. Utilisez-le pour vous connecter.',
  toConsole: 'Ouvrir la console',
  noToken: 'Ce lien est incomplet : la partie après # manque. Copiez le lien entier.',
};
