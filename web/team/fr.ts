import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Équipe',
  description:
    'Qui fait partie de cet espace de travail, et à quel titre. Un rôle borne ce que peuvent son membre et chacune de ses clés.',
  roles: { owner: 'Propriétaire', admin: 'Administrateur', developer: 'Développeur', viewer: 'Lecteur' },
  may: {
    owner: "tout ; lui seul supprime l'espace de travail et nomme des propriétaires",
    admin: "membres, invitations, clés de service, journal d'audit, et tout ce que peut un développeur",
    developer: "crée et révoque des clés, appelle, vérifie ; lit tout sauf le journal d'audit",
    viewer: "lit, sauf le journal d'audit",
  },
  members: 'Membres',
  member: 'Membre',
  role: 'Rôle',
  joined: 'Arrivée',
  you: 'vous',
  disabled: 'compte désactivé',
  roleOf: (name) => `Rôle de ${name}`,
  remove: 'Retirer',
  removeOf: (name) => `Retirer ${name}`,
  removeTitle: 'Retirer un membre',
  removeMore: (name) =>
    `${name} sera désormais refusé dans cet espace de travail, et les clés créées ici par cette personne aussi. Les clés de service continuent.`,
  reset: 'Lien de mot de passe',
  resetOf: (name) => `Créer un lien par lequel ${name} choisit un nouveau mot de passe`,
  resetTitle: 'Un lien pour choisir un nouveau mot de passe',
  resetMore: (until) =>
    `Transmettez-le par un moyen sûr. Il est bon une fois, jusqu'au ${until}, et n'est montré qu'ici.`,
  moreMembers: 'Plus de membres',
  invitations: 'Invitations en attente',
  noInvitations: "Aucune invitation n'est en attente.",
  invite: "Inviter quelqu'un",
  inviteMore:
    "Aucun courrier n'est envoyé : un lien vous est montré, une fois, à transmettre par un moyen sûr.",
  email: 'Adresse e-mail',
  emailWrong: 'Une adresse e-mail, comme ada@example.com.',
  makeLink: 'Créer le lien',
  linkTitle: 'Une invitation',
  linkMore: (email, until) =>
    `Pour ${email} seulement. Elle est bonne une fois, jusqu'au ${until}, et n'est montrée qu'ici.`,
  link: 'Le lien',
  until: "bonne jusqu'au",
  withdraw: 'Retirer',
  withdrawOf: (email) => `Retirer l'invitation de ${email}`,
  workspace: 'Cet espace de travail',
  name: 'Nom',
  nameWrong: '1 à 100 caractères.',
  rename: 'Renommer',
  renamed: "L'espace de travail porte son nouveau nom.",
  another: 'Un autre espace de travail',
  anotherMore: 'Avec ses propres membres, clés et journal. Vous en êtes propriétaire, et y agissez aussitôt.',
  make: "Créer l'espace de travail",
  leave: 'Quitter cet espace de travail',
  leaveMore:
    "Vous serez refusé ici, et les clés que vous y avez créées aussi, jusqu'à ce que vous en fassiez de nouveau partie.",
  delete: 'Supprimer cet espace de travail',
  deleteMore: ({ keys, serviceKeys, members, invitations }) =>
    `Personne ne peut revenir en arrière. ${keys} clés et ${serviceKeys} clés de service sont révoquées, ${members} membres le perdent, ${invitations} invitations sont retirées.`,
  typeName: "Saisissez le nom de l'espace de travail",
};
