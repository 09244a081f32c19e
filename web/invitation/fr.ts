import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Votre invitation',
  unusable: 'Cette invitation ne peut pas être utilisée',
  join: (workspace) => `Rejoindre ${workspace}`,
  more: 'Acceptez avec le compte de l’adresse e-mail invitée, ou créez ce compte.',
  facts: 'L’invitation',
  workspace: 'Espace de travail',
  inviter: 'De la part de',
  role: 'Votre rôle',
  email: 'Pour',
  until: 'Valable jusqu’au',
  signedInAs: (email) => `Vous utilisez le compte ${email}.`,
  otherAccount:
    'Cette invitation est destinée à une autre adresse e-mail. Déconnectez-vous pour l’accepter avec cet autre compte.',
  signOut: 'Se déconnecter',
  accept: 'Accepter l’invitation',
};
