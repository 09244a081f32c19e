import type { ProcedureText } from './text.ts';

/** By the names on the wire. `docs/procedures-markdown.ts` does not compile if one is missing. */
export const fr = {
  'auth.signUp': {
    does: "Crée un compte, son espace de travail et sa première session. Un mot de passe a de 12 caractères à 1 024 octets ; un mot de passe courant, ou le nom ou l'adresse du compte, est refusé avec `INPUT_INVALID`. L'adresse e-mail n'est pas vérifiée. Le nombre d'appels par adresse est limité. `session` est `{ id, signingSecret, accessToken, accessTokenExpiresAt, refreshToken }` ; le secret de signature est donné ici et plus jamais. Avec `cookie: true`, depuis une page d'une origine publique, le jeton de renouvellement va dans un cookie et vaut `null` dans la réponse. Avec l'`invitationToken` d'une invitation à cette adresse, le compte appartient à l'espace de travail de l'invitation au lieu d'un espace à lui, et se crée même si l'inscription est fermée.",
  },
  'auth.signIn': {
    does: "Ouvre une session. Une adresse inconnue et un mot de passe faux reçoivent la même réponse, dans le même temps. Beaucoup d'essais faux sur un compte ralentissent les suivants ; le bon mot de passe peut devoir attendre. Une personne a cent sessions au plus : s'il y en avait davantage, celle qui n'a pas été renouvelée depuis le plus longtemps prend fin.",
  },
  'auth.refresh': {
    does: "Prend le jeton de renouvellement, ou le cookie, et donne le suivant avec un nouveau jeton d'accès ; sans `signingSecret`. Un jeton déjà utilisé reçoit de nouveau son successeur pendant 30 secondes, tant que celui-ci n'a pas servi ; sinon la session prend fin.",
  },
  'auth.signOut': {
    does: 'Met fin à la session aussitôt, sur toutes les instances.',
  },
  'auth.updateProfile': {
    does: "Donne un autre nom à l'appelant : de 1 à 100 caractères, sans caractère de contrôle. C'est celui que les autres voient dès lors. Le journal d'audit dit quand il a changé, et non en quoi.",
  },
  'auth.changePassword': {
    does: "Change le mot de passe de l'appelant et met fin aussitôt à ses autres sessions, sur toutes les instances. Les liens faits auparavant pour poser un mot de passe ne valent plus. Les essais faux sont ralentis comme à la connexion.",
  },
  'auth.createReset': {
    does: "Fait un jeton avec lequel un membre qui a perdu son mot de passe en pose un autre : il est montré ici et plus jamais, vaut une fois, 24 heures, et remplace les précédents. Seulement pour un membre que l'appelant gère dans **tous** les espaces de travail de ce membre, et jamais pour l'appelant lui-même. Voir [Équipes](teams.md).",
  },
  'auth.reset': {
    does: "Pose un nouveau mot de passe avec un tel jeton et met fin à toutes les sessions de la personne. Quoi qui soit faux dans le jeton, la réponse est la même ; il ne vaut plus non plus si qui l'a fait n'en aurait plus le droit, ou si l'un des deux a quitté l'espace de travail où il a été fait.",
  },
  'auth.deleteAccount': {
    does: "Oublie l'appelant : nom, adresse électronique et mot de passe disparaissent, ses sessions sont finies, ses clés désactivées, et il n'appartient plus à aucun espace de travail. Un espace auquel il appartient seul est supprimé avec lui. Refusé tant qu'il est le dernier propriétaire d'un espace qui a d'autres membres.",
  },
  'keys.create': {
    does: "Crée une clé dans l'espace de travail de l'appelant. `secret` et `signingSecret` sont montrés ici et plus jamais. `permissions` : `domaine:verbe` ou `domaine:*`, 64 au plus ; `expiresAt` est à venir. `allowedAddresses` : au plus 64 adresses et CIDR, IPv4 ou IPv6, écrits canoniquement ; sans aucune, la clé sert depuis n'importe où. `metadata` est un objet JSON de 4 096 octets au plus. `limits` : au plus 8 `{ name, limit, windowSeconds }` ; `credits` est `{ remaining, refill?: { amount, every: 'day' | 'month' } }` ; `externalId` est le nom que vous donnez à qui reçoit la clé : voir [Limites et crédits](limits-and-credits.md). `authorities` : au plus 64 hôtes, avec leur port quand ce n'est pas celui du schéma, pour les requêtes desquels la clé peut interroger [`verify`](verify-a-request.md). Une clé ne crée aucune clé plus libre qu'elle en permissions, en durée (avec la paire d'avant un renouvellement, son délai), en adresses, en propriétaire externe ou en hôtes, et celle qui a ses propres crédits n'en crée aucune ; une clé de test ne nomme pas d'autre propriétaire externe que le sien. Une personne le peut. Les limites ne se transmettent pas : elles sont ce que dit l'entrée. `service: true` crée une clé qui est à l'espace de travail et à personne : `ownerId` vaut `null`, aucun rôle ne la plafonne, et elle continue quand qui l'a créée s'en va. Il y faut `workspaces:write`, ou une autre clé de cette sorte ; voir [Équipes](teams.md). Le même appel avec la même `idempotencyKey`, dans les 24 heures et par le même appelant, ne crée qu'une clé : la seconde réponse la porte avec `null` pour les deux secrets.",
  },
  'keys.list': {
    does: "Les clés de l'espace de travail. `limit` va de 1 à 100, 50 par défaut ; `search` est une partie du nom ou le début de l'identifiant ; `status` vaut `active`, `disabled` (désactivée, ou d'une personne désactivée ou partie), `expired` ou `revoked` ; `environment` vaut `live` ou `test` ; `externalId` est le propriétaire externe auquel les clés sont liées. `sort` vaut `newest` (les plus récentes d'abord, par défaut), `oldest` (les plus anciennes d'abord), `name` (par ordre alphabétique, sans égard à la casse) ou `lastUsed` (les dernières utilisées d'abord, celles qui n'ont jamais servi à la fin). Rendez `nextCursor` comme `cursor` pour la page suivante, avec les mêmes filtres et le même `sort`. Une page peut compter moins de clés que `limit`, voire aucune, après 50 000 clés qui ne correspondent pas : seul `null` termine la liste.",
  },
  'keys.get': {
    does: "Une clé : `{ id, name, environment, permissions, allowedAddresses, limits, credits, externalId, authorities, metadata, status, ownerId, createdAt, expiresAt, lastUsedAt, rotatedAt, previous, revokedAt, revokedReason }`. `limits` et `credits` sont ceux de la clé seule, les crédits tels qu'ils sont maintenant ; `credits` vaut `null` si personne ne compte. Ceux de son propriétaire externe sont dits par `owners.get`.",
  },
  'keys.limits': {
    does: "Où en sont les limites d'une clé en ce moment, sans compter d'appel : les siennes, et, sous des noms qui commencent par `owner.`, celles qu'elle partage avec les autres clés de son propriétaire externe. Avec chaque réponse, une clé apprend la même chose d'elle-même dans `ratelimit`.",
  },
  'keys.update': {
    does: "Modifie une clé ; au moins un champ en plus de `id`. `expiresAt: null` enlève l'expiration, `enabled: false` désactive la clé, `externalId: null` la délie de son propriétaire externe. Les listes, `credits` et `metadata` sont remplacés en entier : `limits: []` enlève toutes les limites, `credits: null` met fin au compte. Un autre nom, d'autres métadonnées, la désactivation et tout ce qui retire à la clé sans rien lui donner ne demandent que `keys:write`. Le reste demande le droit aux secrets de la clé, comme pour `keys.rotate`, telle qu'elle serait : seule la personne à qui appartient une clé personnelle, ou une de ses clés, l'élargit, la prolonge et l'active. Une clé ne change ni ses propres limites ni ses propres crédits. Ce qui a été enlevé est refusé par toutes les instances dès la réponse. Une clé révoquée ne se modifie pas.",
  },
  'keys.rotate': {
    does: "Donne à une clé une nouvelle paire de secrets, sous son identifiant. L'ancienne paire vaut encore `graceSeconds` (0 à 2 592 000), une plus ancienne ne vaut plus ; chaque secret de signature va avec sa propre clé d'API seulement. `key.previous` montre jusqu'à quand l'ancienne paire vaut et quand elle a servi pour la dernière fois. Une clé révoquée, expirée ou désactivée ne se renouvelle pas. Les secrets d'une clé personnelle vont à sa personne, ou à une autre clé de cette personne, et à personne d'autre, quel que soit son rôle ; ceux d'une clé de service à qui pourrait en créer une. Personne ne voit les secrets d'une clé qui détient plus que lui ; une clé ne voit pas non plus ceux d'une clé moins bornée, ni d'une clé réduite par quelqu'un qui ne détenait pas ce qu'elle détenait, ni, avec la paire d'avant un renouvellement, d'une clé qui survivrait au délai. Limites et crédits continuent comme avant.",
  },
  'keys.revoke': {
    does: "Met fin à une clé pour de bon. Dès la réponse, aucune instance n'admet plus la clé ; une seconde fois ne change rien.",
  },
  'keys.delete': {
    does: 'Retire une clé révoquée de la vue ; tout ce qui renvoie à son identifiant reste vrai.',
  },
  'keys.tail': {
    does: "Les appels de la clé quand ils se terminent, sur chaque instance : `{ type: 'call', at, procedure, outcome, durationMs, address, requestId }`, ou `{ type: 'missed', count }` si certains ne sont pas dits. Se termine dans les cinq secondes quand le droit cesse. Voir [Utilisation](usage.md).",
    answer: 'des événements',
  },
  'owners.update': {
    does: "Borne ensemble toutes les clés d'un propriétaire externe, et crée celui-ci s'il n'existe pas (une clé avec un nouvel `externalId` le crée aussi). Au moins l'un de `limits` et `credits`, chacun comme pour une clé et remplacé en entier : `limits: []` enlève toutes les limites, `credits: null` met fin au compte. Cela vaut dès la requête suivante sur toutes les instances. Une clé de test ne le peut pas, puisque ce qui borne un propriétaire borne aussi ses clés `live` ; une clé elle-même liée à un propriétaire externe non plus. Ce qui ne fait que retirer demande seulement `keys:write`. Tout le reste permet davantage à chaque clé du propriétaire et demande le droit d'étendre chacune d'elles : les vôtres, ou n'importe laquelle si vous pouvez gérer les clés de service (les rôles owner et admin, et les clés de service, qui ne doivent pas être plus faibles que les clés du propriétaire).",
  },
  'owners.get': {
    does: "Un propriétaire externe, ses crédits tels qu'ils sont maintenant.",
  },
  'owners.list': {
    does: "Les propriétaires externes de l'espace de travail, par `externalId`. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` est comme pour `keys.list`.",
  },
  'audit.list': {
    does: "Les enregistrements du [journal d'audit](audit.md) de l'espace de travail, les plus récents d'abord. `from` et `to` sont des moments : à partir de l'un, et avant l'autre. `actorId` est l'id d'une personne ou d'une clé, `action` le nom d'une procédure ou de ce que le service fait de lui-même, `subject` l'id de ce qui a été changé. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` est comme pour `keys.list`.",
    answer:
      '`{ items, nextCursor }`, de `{ seq, at, actor: { kind, id }, address, requestId, action, subject, before, after, mac }`',
  },
  'audit.verify': {
    does: "Dit si chaque enregistrement est tel qu'il a été écrit, à sa place, et s'il n'en manque aucun. Un appel regarde 50 000 enregistrements au plus, pendant environ deux secondes : s'il y en a davantage, il répond `verified: null`, et on l'appelle de nouveau avec `nextCursor` comme `cursor`. `known` est une tête que les logs ont donnée auparavant. Il ne partage sa requête avec aucun autre appel. Le sens des problèmes est à la page du [journal d'audit](audit.md).",
    answer:
      '`{ verified: true, records, head: { seq, mac } | null }`, `{ verified: false, at, problem }` ou `{ verified: null, records, nextCursor }`',
  },
  'usage.key': {
    does: "Comment les appels d'une clé se sont terminés entre `from` et `to`, par minute (`minute`), par heure (`hour`) ou par jour (`day`) de l'UTC. Voir [Utilisation](usage.md).",
  },
  'usage.workspace': {
    does: "La même chose pour toutes les clés de l'espace de travail, avec les `top` clés qui ont le plus appelé : 0 à 100, dix sans lui.",
  },
  'usage.keys': {
    does: 'Comment les appels de plusieurs clés se sont terminés, côte à côte, comme une liste de clés les montre : de 1 à 100 `ids`, et dans le même ordre les `items`, chacun `{ id, accepted, refused, points }`. Toutes les clés ensemble ont au plus 10 000 points.',
  },
  'sessions.list': {
    does: "Les sessions de l'appelant qui ne sont pas finies, les plus récentes d'abord, cent au plus. Une session est `{ id, createdAt, refreshedAt, address, userAgent, current }` : de quelle adresse elle a été ouverte, et par quel programme, si celui-ci l'a dit.",
  },
  'sessions.revoke': {
    does: "Met fin à une session de l'appelant, à toutes sauf celle qui le demande, ou à toutes, aussitôt, sur toutes les instances. `ended` dit combien il y en avait.",
    input: '`{ id }` ou `{ others: true }` ou `{ all: true }`',
  },
  'workspaces.list': {
    does: "Les espaces de travail auxquels l'appelant appartient, dans l'ordre où il les a rejoints : `{ id, name, createdAt, role, active }`. La session agit dans celui qui est `active` ; dans aucun si l'appelant a quitté celui-là.",
  },
  'workspaces.create': {
    does: "Crée un espace de travail dont l'appelant est propriétaire. La session continue d'agir où elle agissait. Personne n'appartient à plus de cent.",
  },
  'workspaces.select': {
    does: "Fait agir la session dans un autre espace de travail de l'appelant, dès la requête suivante.",
  },
  'workspaces.get': {
    does: "L'espace de travail où la session agit, et combien il y a de ce que sa suppression emporterait : membres, clés non révoquées (dont celles qui ne sont à personne), invitations en attente.",
  },
  'workspaces.rename': {
    does: "Donne un autre nom à l'espace de travail.",
  },
  'workspaces.delete': {
    does: "Supprime l'espace de travail où la session agit : ses clés sont révoquées, ses invitations retirées, et personne n'y appartient plus, aussitôt. `name` est son nom, à la lettre près, pour que ce ne soit pas le mauvais. La réponse compte ce qui a été emporté. Il n'y a pas de retour.",
  },
  'members.list': {
    does: "Qui appartient à l'espace de travail, par identifiant : `{ userId, email, name, role, disabled, joinedAt }`. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` est comme pour `keys.list`.",
  },
  'members.setRole': {
    does: "Donne un autre rôle à un membre ; il vaut dès la requête suivante, pour ses clés aussi. Les invitations et les liens de mot de passe qu'il ne pourrait plus faire sont définitivement annulés. Ni le rôle qu'il a, ni celui qu'il reçoit n'est au-dessus de celui de l'appelant. Le dernier propriétaire le reste.",
  },
  'members.remove': {
    does: "Retire un membre de l'espace de travail. Ses clés sont désactivées et dès lors refusées, par `KEY_DISABLED` ; celles qui sont à l'espace de travail continuent. Les invitations et les liens de mot de passe qu'il a faits, et ceux faits pour lui, ne valent plus. Rien n'en revient avec une nouvelle invitation : il réactive lui-même chacune de ses clés.",
  },
  'members.leave': {
    does: "Retire l'appelant de l'espace de travail où la session agit ; ses clés, invitations et liens prennent fin comme avec `members.remove`. Le dernier propriétaire ne peut pas partir.",
  },
  'invitations.create': {
    does: "Invite la personne d'une adresse électronique, avec un rôle qui ne dépasse pas celui de l'appelant. `token` est montré ici et plus jamais : transmettez-le vous-même, aucun courriel n'est envoyé. Il vaut une fois, sept jours, et remplace une invitation précédente de la même adresse. 200 au plus attendent. `invitation` est `{ id, email, role, invitedBy, createdAt, expiresAt }`.",
  },
  'invitations.list': {
    does: "Les invitations qui attendent et pourraient être acceptées, les plus récentes d'abord.",
  },
  'invitations.revoke': {
    does: 'Retire une invitation qui attend.',
  },
  'invitations.accept': {
    does: "Fait appartenir l'appelant, dont l'adresse est celle qui est invitée, à l'espace de travail. La session continue d'agir où elle agissait : `workspaces.select` vient ensuite. Quoi qui soit faux dans le jeton, la réponse est la même. Qui n'a pas encore de compte donne le jeton à `auth.signUp`.",
  },
  verify: {
    does: "Dit si une requête qu'un autre service a reçue doit être exécutée, et la réserve : [Vérifier une requête](verify-a-request.md). La réponse est 200 quel que soit le verdict ; une panne est `UNAVAILABLE`, et n'admet personne. La clé voit les appelants de son propre espace de travail, et parmi les clés celles de son propre environnement, pour les seuls hôtes de ses `authorities`.",
    answer:
      "`{ valid: true, caller, permissions, limits, credits }` ou `{ valid: false, reason, httpStatus, message, docs, limits, … }` ; pour un essai à blanc, de même avec `dryRun: 'admitted'` ou `'refused'` à la place de `valid`",
  },
  exemple: {
    does: 'Salue. Le plus petit appel signé qui soit.',
  },
  echo: {
    does: "Répète ce qu'on lui dit, 100 000 caractères au plus.",
  },
  profile: {
    does: 'La personne pour qui la clé appelle.',
  },
  whoami: {
    does: "Comment le service voit l'appelant, et ce que l'appelant peut faire. `key` est `{ id, name, environment, externalId, limits, credits }` : les limites avec celles du propriétaire externe, sous le nom `owner.<nom>` ; `credits` est `{ remaining }` de celui des deux à qui il reste le moins, ou `null` si personne ne compte. L'appel compte dans les limites et ne coûte rien.",
  },
  clock: {
    does: "Bat, chaque seconde ou toutes les 50 à 60 000 ms, jusqu'à ce que l'appelant parte ou n'ait plus le droit d'écouter. Un flux rompu reprend après `lastEventId`.",
  },
  upload: {
    does: "Prend des octets, ou un formulaire avec un fichier, et dit ce qui est arrivé. Rien n'en est regardé avant que sa signature ne soit juste.",
  },
  health: {
    does: 'Si le service répond.',
  },
} as const satisfies Readonly<Record<string, ProcedureText>>;
