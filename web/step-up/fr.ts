import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Confirmez votre identité',
  more: 'Ce changement demande une preuve d’au plus dix minutes. Votre saisie est conservée.',
  confirm: 'Confirmer',
  password: 'Mot de passe actuel',
  passwordWrong: 'Ce n’est pas votre mot de passe actuel.',
  code: 'Code de l’application, ou code de secours',
  codeWrong: 'Le mot de passe ou le code est faux, ou le code a déjà servi.',
  noPassword:
    'Votre compte n’a pas de mot de passe. Reconnectez-vous avec votre fournisseur d’identité, puis refaites le changement : vous quittez cette page, et votre saisie est perdue.',
  signInWith: (title: string) => `Se reconnecter avec ${title}`,
};
