import type { en } from './en.ts';

export const fr: typeof en = {
  description:
    'Donnez à chaque client sa propre clé et choisissez ce qu’elle permet. Les secrets ne sont affichés qu’une fois.',
  create: 'Créer une clé',
  search: 'Rechercher',
  searchHint: 'Nom ou début d’id.',
  status: 'État',
  statuses: { active: 'Active', disabled: 'Désactivée', expired: 'Expirée', revoked: 'Révoquée' },
  environment: 'Environnement',
  environments: { live: 'Production', test: 'Test' },
  any: 'Tous',
  filter: { key: 'Clé', all: 'Toutes', clear: 'Effacer : Clé', none: 'Aucune clé ne correspond.' },
  sort: 'Ordre',
  sorts: { newest: 'Plus récentes', oldest: 'Plus anciennes', name: 'Par nom', lastUsed: 'Dernier appel' },
  empty: 'Pas encore de clé',
  emptyMore:
    'Une clé permet à un client d’appeler cette API : elle prouve quel client appelle et signe ce qu’il envoie. Créez-en une, et une minute plus tard vous avez un appel signé à coller.',
  emptyFor:
    'Une clé permet à un client d’appeler cette API. Votre rôle ne permet pas d’en créer : demandez à un propriétaire, à un administrateur ou à un développeur.',
  none: 'Aucune clé ne correspond',
  noneMore: 'Élargissez la recherche, ou affichez toutes les clés.',
  all: 'Montrer toutes les clés',
  list: 'Clés d’API',
  columns: {
    name: 'Nom et identifiant',
    permissions: 'Permissions',
    status: 'État',
    owner: 'Appartient à',
    created: 'Création',
    lastUsed: 'Dernier appel',
    expires: 'Expiration',
    use: '7 derniers jours',
    actions: 'Actions',
  },
  ofWorkspace: 'L’espace de travail',
  neverUsed: 'Jamais',
  neverExpires: 'Jamais',
  copyId: (id) => `Copier l’identifiant ${id}`,
  copied: 'Copié',
  more: (count) => `+${count}`,
  use: (calls, written, refused, writtenRefused) =>
    `${written} ${calls < 2 ? 'appel' : 'appels'} ces 7 derniers jours${
      refused > 0 ? `, dont ${writtenRefused} ${refused < 2 ? 'refusé' : 'refusés'}` : ''
    }`,
  shown: (count, written) => `${written} ${count < 2 ? 'clé' : 'clés'}`,
  shownOfMore: (written) => `Les ${written} premières clés`,
  loadMore: 'En charger plus',
  actionsOf: (name) => `Actions pour ${name}`,
  ofAnother: 'Seule la personne à qui elle appartient peut en faire la rotation ou l’activer.',
  ofManagers: 'Seul un propriétaire ou un administrateur peut en faire la rotation ou l’activer.',
  close: 'Fermer',
  cancel: 'Annuler',
  rotate: {
    item: 'Rotation…',
    title: 'Rotation de cette clé',
    more: 'La clé reçoit de nouveaux secrets : une clé d’API, et un secret de signature ou une clé privée. Elle garde son identifiant, ses permissions et ses limites.',
    neverUsed: 'Elle n’a jamais servi.',
    lastCall: (at) => `Dernier appel : ${at}.`,
    lastCallNewest: (at) => `Dernier appel : ${at}, avec les secrets les plus récents.`,
    lastCallOlder: (at) =>
      `Dernier appel : ${at}, avec d’anciens secrets : un client n’a pas encore les plus récents.`,
    olderUsed: (at) => `Dernier appel avec les anciens secrets : ${at}.`,
    olderUnused: 'Les anciens secrets n’ont jamais servi.',
    olderEnds: (until) =>
      `Les anciens secrets sont valables jusqu’au ${until}. Cette rotation y met fin aussitôt.`,
    grace: 'Garder les secrets actuels valables pendant',
    graces: {
      0: 'Plus du tout : ils prennent fin maintenant',
      3600: 'Une heure',
      86400: 'Un jour',
      604800: '7 jours',
      2592000: '30 jours',
    },
    send: 'Faire la rotation',
    lost: 'La rotation est faite, mais la réponse n’est pas arrivée',
    lostMore:
      'Personne n’a vu les nouveaux secrets, et ils ne sont pas affichés une seconde fois. Refaites la rotation pour en obtenir d’autres ; les secrets avec lesquels vos clients appellent prennent alors fin.',
    again: 'Refaire la rotation',
  },
  disable: {
    item: 'Désactiver…',
    title: 'Désactiver cette clé',
    more: 'Ses appels sont refusés jusqu’à ce que vous la réactiviez. La clé garde tous ses réglages.',
    send: 'Désactiver',
    done: 'La clé est désactivée.',
  },
  enable: {
    item: 'Réactiver…',
    title: 'Réactiver cette clé',
    more: 'Ses appels sont de nouveau acceptés, comme avant.',
    send: 'Réactiver',
    done: 'La clé est réactivée.',
  },
  revoke: {
    item: 'Révoquer…',
    title: 'Révoquer cette clé',
    more: 'Cette action est irréversible. Si vous pensez avoir encore besoin de la clé, désactivez-la plutôt.',
    calls: (calls, written) =>
      calls === 0
        ? 'Elle n’a fait aucun appel ces dernières 24 heures.'
        : `Elle a fait ${written} ${calls === 1 ? 'appel' : 'appels'} ces dernières 24 heures. Les clients qui l’utilisent encore seront refusés.`,
    lastUsed: (at) => `Dernier appel : ${at}.`,
    neverUsed: 'Elle n’a jamais servi.',
    confirm: 'Saisissez le nom de la clé pour confirmer',
    confirmId: 'Saisissez l’identifiant de la clé pour confirmer',
    wrong: 'Cela ne correspond pas au texte ci-dessus.',
    reason: 'Motif',
    reasonHint: 'Facultatif. Il figure au journal d’audit.',
    send: 'Révoquer définitivement',
    done: 'La clé est révoquée.',
  },
};
