import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Confirmez votre identité',
  more: 'Ce changement exige une preuve d’identité de moins de dix minutes. Votre saisie est conservée.',
  confirm: 'Confirmer',
  password: 'Mot de passe actuel',
  passwordWrong: 'Ce n’est pas votre mot de passe actuel.',
  code: 'Code de l’application, ou code de secours',
  codeWrong: 'Le mot de passe ou le code est faux, ou le code a déjà servi.',
  noPassword:
    'Votre compte n’a pas de mot de passe. Reconnectez-vous avec votre fournisseur d’identité, puis refaites le changement : vous quittez cette page, et votre saisie est perdue.',
  unmet: 'Cet espace de travail exige une autre connexion',
  unmetMore:
    'Un propriétaire a fixé comment ses membres doivent se connecter. Vous pouvez aussi utiliser un autre de vos espaces.',
  unmetFactor:
    'Configurez ici un second facteur, puis continuez. Si vous en avez déjà un, déconnectez-vous et reconnectez-vous avec un code.',
  unmetContinue: 'Continuer',
  unmetSignOut: 'Se déconnecter',
  unmetIssuer: (title) =>
    `Connectez-vous avec ${title}. Si votre compte n’y est pas encore lié, liez-le d’abord.`,
  unmetSignIn: (title) => `Se connecter avec ${title}`,
  unmetGone: (name) =>
    `Les membres doivent se connecter avec le fournisseur d’identité « ${name} », que ce service ne connaît plus. Adressez-vous à son exploitant.`,
  signInWith: (title: string) => `Se reconnecter avec ${title}`,
};
