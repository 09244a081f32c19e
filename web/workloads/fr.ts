import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Identité des charges de travail',
  description:
    'Une tâche de CI, un pod ou une machine virtuelle échange le jeton de sa plateforme contre une clé valable au plus une heure. Aucun secret de cet espace n’y est donc stocké.',
  more: 'Comment cela fonctionne',
  noIssuers:
    'L’exploitant de ce service n’a configuré aucun émetteur pour les charges de travail (« workload » à true dans KEYSEAL_ISSUERS).',
  none: 'Il n’y a pas de règle d’échange.',
  add: 'Créer une règle',
  create: 'Créer la règle',
  edit: 'Modifier',
  editOf: (name) => `Modifier la règle ${name}`,
  editTitle: 'Modifier une règle d’échange',
  editMore:
    'Si vous modifiez autre chose que le nom, chaque clé délivrée par la règle est révoquée immédiatement. Ses charges de travail doivent échanger leurs jetons de nouveau.',
  save: 'Enregistrer la règle',
  enabled: 'La règle délivre des clés',
  cancel: 'Annuler',
  close: 'Fermer',
  disabled: 'Désactivée',
  facts: {
    issuer: 'Émetteur',
    audience: 'Audience',
    subject: 'Sujet',
    claims: 'Claims',
    permissions: 'Permissions',
  },
  activeKeys: (count) => (count > 1 ? `${count} clés valides` : `${count} clé valide`),
  lifetimeOf: (minutes) => `clés valables ${minutes} min`,
  delete: 'Supprimer',
  deleteOf: (name) => `Supprimer la règle ${name}`,
  deleteTitle: 'Supprimer une règle d’échange',
  deleteMore: (name) =>
    `« ${name} » n’échangera plus de jetons contre des clés. Chaque clé qu’elle a délivrée est révoquée immédiatement.`,
  preset: 'Modèle',
  presets: {
    github: 'GitHub Actions',
    gitlab: 'GitLab CI',
    kubernetes: 'Kubernetes',
    google: 'Google Cloud',
    aws: 'AWS',
    other: 'Un autre fournisseur OpenID',
  },
  issuer: 'Émetteur',
  audience: 'Audience',
  audienceHint:
    'Le claim aud que demande la charge de travail. Un seul espace de travail peut utiliser une audience d’un émetteur.',
  subject: 'Sujet',
  subjectHint:
    'Le claim sub. * remplace un segment entre : et /. Commencez par ce que vous seul pouvez avoir : votre organisation, votre groupe, votre compte.',
  claims: 'Autres claims',
  claimsHint: 'Un par ligne, par exemple repository_owner_id=1234. Le jeton doit porter chacun d’eux.',
  lifetime: 'Une clé est valable',
  minutes: (minutes) => `${minutes} minutes`,
  lifetimes: { '300': '5 minutes', '900': '15 minutes', '1800': '30 minutes', '3600': '1 heure' },
  errors: {
    audience: '1 à 255 caractères ; pas l’audience d’un autre espace, ni celle de jetons d’utilisateur.',
    subject: '1 à 255 caractères ASCII imprimables. * est un segment entier entre : et /, et pas le premier.',
    claims:
      'Au plus 10 lignes au format nom=valeur, chaque nom une fois ; pas iss, sub, aud, exp, nbf, iat ni jti.',
    issuer: 'Choisissez un émetteur.',
  },
};
