import { countedFr } from '../language/counted.ts';
import { BRAND } from '../ui/theme/brand.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Équipe',
  description:
    'Les membres de cet espace de travail et leurs rôles. Un rôle limite ce que peuvent faire un membre et chacune de ses clés.',
  roles: { owner: 'Propriétaire', admin: 'Administrateur', developer: 'Développeur', viewer: 'Lecteur' },
  may: {
    owner: 'Tout, dont supprimer l’espace de travail et nommer d’autres propriétaires.',
    admin: 'Membres, invitations, clés de service, journal d’audit, et tout ce que peut le rôle Développeur.',
    developer: 'Crée et révoque des clés, fait des appels. Lit tout, sauf le journal d’audit.',
    viewer: 'Lit tout, sauf le journal d’audit.',
  },
  members: 'Membres',
  member: 'Membre',
  role: 'Rôle',
  joined: 'Arrivée',
  you: 'Vous',
  disabled: 'Compte désactivé',
  roleOf: (name) => `Rôle de ${name}`,
  roleTitle: 'Changer un rôle',
  roleSet: 'Changer le rôle',
  roleAsk: (name, role) => `${name} reçoit le rôle ${role}, qui permet :`,
  roleMine: (role) =>
    `Vous quittez votre rôle pour le rôle ${role}. Seule une personne dont le rôle est plus élevé peut annuler ce changement. Ce rôle permet :`,
  remove: 'Retirer',
  removeOf: (name) => `Retirer ${name}`,
  removeTitle: 'Retirer un membre',
  removeMore: (name) =>
    `Cet espace de travail refusera désormais ${name} et les clés créées ici par cette personne. Les clés de service continuent de fonctionner.`,
  reset: 'Lien de mot de passe',
  resetOf: (name) => `Créer un lien pour que ${name} choisisse un nouveau mot de passe`,
  resetTitle: 'Un lien pour choisir un nouveau mot de passe',
  resetMore: (until) =>
    `Transmettez-le par un moyen sûr. Il ne sert qu’une fois, jusqu’au ${until}, et n’est montré qu’ici.`,
  resetAsk: (name) =>
    `Toute personne qui a ce lien peut choisir un nouveau mot de passe pour ${name}. Les sessions de cette personne prennent alors fin.`,
  resetMake: 'Créer le lien de mot de passe',
  onlyOwner: 'Dernier propriétaire : nommez-en d’abord un autre.',
  leaveLink: 'Ce lien ne pourra plus être affiché. Fermer quand même ?',
  moreMembers: 'Plus de membres',
  invitations: 'Invitations en attente',
  noInvitations: 'Aucune invitation n’est en attente.',
  invite: 'Inviter quelqu’un',
  inviteMore: `${BRAND.name} n’envoie pas d’e-mail. Il vous montre un lien une seule fois ; transmettez-le par un moyen sûr.`,
  email: 'Adresse e-mail',
  emailWrong: 'Saisissez une adresse e-mail, comme ada@example.com.',
  makeLink: 'Créer le lien d’invitation',
  linkTitle: (email) => `Envoyez ce lien à ${email}`,
  linkMore: (until) =>
    `${BRAND.name} n’envoie pas d’e-mail. Le lien ne sert qu’une fois, jusqu’au ${until}, et n’est montré qu’ici.`,
  done: 'Terminé',
  link: 'Le lien',
  until: 'Valable jusqu’au',
  withdraw: 'Retirer',
  withdrawOf: (email) => `Retirer l’invitation de ${email}`,
  settingsMore:
    'Le nom de cet espace de travail, la façon dont ses membres se connectent, et les charges de travail qui obtiennent des clés.',
  ends: 'Quitter ou supprimer',
  workspace: 'Nom de l’espace de travail',
  name: 'Nom',
  nameWrong: '1 à 100 caractères.',
  rename: 'Renommer',
  renamed: 'L’espace de travail porte son nouveau nom.',
  workspaceId: 'Identifiant de l’espace de travail',
  workspaceIdMore: 'Les règles d’un fournisseur d’identité désignent l’espace par cet identifiant.',
  sponsor: 'Parrain',
  sponsorMore:
    'Cet espace de travail utilise la part de capacité de son parrain, avec les autres espaces de cette personne. Les espaces sans parrain se répartissent une seule part commune.',
  sponsoredByYou: 'Vous êtes le parrain de cet espace de travail.',
  sponsoredBy: (name) => `Le parrain de cet espace de travail est ${name}.`,
  sponsoredByOther: 'Le parrain de cet espace de travail est un autre propriétaire.',
  sponsorDisabled: (name) =>
    `Le parrain de cet espace de travail est ${name}, dont le compte est désactivé. Vous pouvez prendre le relais.`,
  noSponsor: 'Cet espace de travail n’a pas de parrain.',
  beSponsor: 'Devenir le parrain',
  rule: 'Connexion',
  ruleMore:
    'Comment les membres doivent se connecter pour utiliser cet espace de travail. Une session qui ne suit pas la règle est refusée dès la requête suivante. Les clés continuent de fonctionner.',
  ruleFactor: 'Les membres doivent utiliser un second facteur',
  ruleIssuer: 'Les membres doivent se connecter avec',
  ruleAny: 'un mot de passe ou tout fournisseur d’identité',
  ruleSave: 'Enregistrer la règle',
  ruleSaved: 'La règle est enregistrée.',
  another: 'Un autre espace de travail',
  anotherMore:
    'Il a ses propres membres, clés et journal. Vous en devenez propriétaire et y passez aussitôt.',
  make: 'Créer l’espace de travail',
  leave: 'Quitter cet espace de travail',
  leaveMore:
    'Cet espace de travail vous refusera, ainsi que les clés que vous y avez créées, jusqu’à ce que vous le rejoigniez de nouveau.',
  delete: 'Supprimer cet espace de travail',
  deleteMore: ({ keys, serviceKeys, members, invitations }) =>
    `Cette action est irréversible. Elle révoque ${countedFr(keys, 'clé', 'clés')} et ${countedFr(serviceKeys, 'clé de service', 'clés de service')}, retire ${countedFr(members, 'membre', 'membres')} et annule ${countedFr(invitations, 'invitation', 'invitations')}.`,
  typeName: 'Saisissez le nom de l’espace de travail',
};
