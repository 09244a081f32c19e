import type { ProcedureText } from './procedure-text.ts';

/** By the names on the wire. `docs/procedures-markdown.ts` does not compile if one is missing. */
export const fr = {
  'auth.signUp': {
    does: 'Crée un compte, son espace de travail et sa première session. Un mot de passe compte au moins 12 caractères et au plus 1 024 octets ; un mot de passe courant, ou identique au nom ou à l’adresse e-mail du compte, est refusé avec `INPUT_INVALID`. L’adresse e-mail n’est pas vérifiée. Le débit des appels est limité par adresse IP. `session` est `{ id, signingSecret, accessToken, accessTokenExpiresAt, refreshToken }` ; le secret de signature n’est montré qu’ici. Avec `cookie: true`, depuis une page d’une origine publique, le jeton d’actualisation est placé dans un cookie et vaut `null` dans la réponse. Avec l’`invitationToken` d’une invitation à cette adresse e-mail, le compte rejoint l’espace de travail de l’invitation au lieu d’en créer un, et peut être créé même si l’inscription est fermée.',
  },
  'auth.signIn': {
    does: 'Ouvre une session. Une adresse e-mail inconnue et un mot de passe faux reçoivent la même réponse, dans le même temps. Après de nombreux échecs sur un compte, les tentatives suivantes sont ralenties ; le bon mot de passe peut devoir attendre. Une personne a au plus cent sessions : au-delà, celle dont le renouvellement est le plus ancien prend fin. Si le compte a un second facteur, la réponse au bon mot de passe est `{ next: "totp", challenge }` au lieu d’une session : `auth.signInWithCode` reçoit le défi et un code. `next` n’est jamais autre chose : une clé d’accès connecte sans mot de passe, par `auth.startPasskeySignIn`.',
    output: '`{ user, session }` ou `{ next, challenge }`',
  },
  'auth.signInWithCode': {
    does: 'Termine une connexion à laquelle `auth.signIn` a répondu `{ next: "totp", challenge }` : reçoit un code de l’application d’authentification, ou un code de secours, et ouvre la session. Un code sert une fois, et un défi ouvre une seule session, dans les cinq minutes. Les codes faux ralentissent les tentatives suivantes comme les mots de passe faux ; après vingt en une heure, seul un code de secours est accepté. Si le défi n’est plus valide, l’appel est refusé avec `SIGN_IN_INVALID` : recommencez par le mot de passe.',
  },
  'auth.stepUp': {
    does: 'Authentifie à nouveau l’appelant, pour les changements dangereux : ils sont refusés avec `STEP_UP_REQUIRED` si la session ne s’est pas connectée ou authentifiée à nouveau depuis moins de dix minutes. Un renouvellement ne compte pas. Il faut le mot de passe et, si le compte a un second facteur, un code ou un code de secours ; les échecs ralentissent les tentatives suivantes comme ceux d’une connexion. Cette authentification ne vaut que pour la session qui appelle, sur toutes les instances. Un compte sans mot de passe se reconnecte avec son fournisseur d’identité : `auth.startSignIn` avec `fresh: true`.',
  },
  'auth.startPasskeySignIn': {
    does: 'Commence une connexion par clé d’accès (passkey) : passez `options` au navigateur, puis sa réponse avec `challenge` à `auth.signInWithPasskey`. Il n’y figure ni compte ni clé d’accès : l’appareil propose celles qu’il a. Avec `cookie: true`, depuis une page d’une origine publique, le défi n’est valable que dans ce navigateur.',
  },
  'auth.signInWithPasskey': {
    does: 'Termine une connexion par clé d’accès, une seule fois, dans les cinq minutes : ouvre une session ordinaire, comme `auth.signIn`. L’appareil doit avoir vérifié la personne (code PIN, empreinte, visage) : aucun code d’un second facteur n’est donc demandé. Une clé d’accès inconnue, une réponse fausse et un compte désactivé reçoivent la même réponse, `CREDENTIALS_INVALID`. Une clé d’accès dont le compteur n’augmente pas a peut-être été copiée : elle est refusée et désactivée, et le journal d’audit l’enregistre. Si le défi n’est plus valide, l’appel est refusé avec `SIGN_IN_INVALID` : recommencez.',
  },
  'passkeys.list': {
    does: 'Liste les clés d’accès du compte de l’appelant, les plus anciennes d’abord.',
  },
  'passkeys.startRegistration': {
    does: 'Commence l’enregistrement d’une clé d’accès : passez `options` au navigateur, puis sa réponse avec `challenge` à `passkeys.register`, dans la même session, dans les cinq minutes. Une clé d’accès suffit à ouvrir le compte : il faut donc le mot de passe et, si le compte a un second facteur, un code ou un code de secours. Un compte sans mot de passe, créé par un fournisseur d’identité, ne peut pas avoir de clé d’accès. `CONFLICT` si le compte en a vingt.',
  },
  'passkeys.register': {
    does: 'Enregistre, sous un nom, la clé d’accès que l’appareil a créée. `CONFLICT` si un compte a déjà cette clé d’accès, ou si l’appelant en a vingt.',
  },
  'passkeys.rename': {
    does: 'Renomme une clé d’accès du compte de l’appelant.',
  },
  'passkeys.remove': {
    does: 'Supprime une clé d’accès et met fin aux autres sessions qu’elle a ouvertes, immédiatement et sur toutes les instances. Il faut le mot de passe et, si le compte a un second facteur, un code ou un code de secours.',
  },
  'secondFactor.get': {
    does: 'Indique si les connexions au compte de l’appelant demandent un code, et combien de codes de secours restent.',
  },
  'secondFactor.begin': {
    does: 'Commence à configurer une application d’authentification (TOTP, RFC 6238 : SHA-1, six chiffres, 30 secondes). Le secret ne compte pas avant `secondFactor.confirm`. `CONFLICT` si le compte a un second facteur : retirez-le d’abord.',
  },
  'secondFactor.confirm': {
    does: 'Confirme l’application d’authentification par un de ses codes. Dès lors, la connexion par mot de passe demande aussi un code. Les autres sessions du compte prennent fin, immédiatement et sur toutes les instances. Renvoie dix codes de secours, qui servent à la place des codes si l’application est perdue.',
  },
  'secondFactor.newRecoveryCodes': {
    does: 'Crée dix nouveaux codes de secours. Tous les précédents cessent de fonctionner. Il faut le mot de passe, et un code ou un code de secours.',
  },
  'secondFactor.remove': {
    does: 'Retire le second facteur et ses codes de secours : les connexions ne demandent plus que le mot de passe. Il faut le mot de passe, et un code ou un code de secours ; un code qui a servi à une connexion n’est plus accepté. Les sessions continuent.',
  },
  'auth.startSignIn': {
    does: 'Commence une connexion avec un fournisseur d’identité que l’exploitant a configuré : envoyez le navigateur à `url`. `returnTo` est un chemin de la console, ou la page de votre propre application, sur une origine dont les pages peuvent appeler l’API, à laquelle le fournisseur renvoie le navigateur. Gardez `flow` dans ce navigateur ; avec `cookie: true`, depuis une page d’une origine publique, il est placé dans un cookie et vaut `null` dans la réponse. Il est valable dix minutes. Avec `fresh: true`, le fournisseur demande une nouvelle preuve, même à une personne qui y est déjà connectée, et la session vaut une preuve récente pour les changements dangereux. Voir [Fournisseurs d’identité](identity-provider.md).',
  },
  'auth.finishSignIn': {
    does: 'Termine une connexion dans le navigateur qui l’a commencée, une seule fois : `url` est l’URL entière à laquelle le fournisseur a renvoyé le navigateur. Renvoie une session ordinaire, comme `auth.signIn`. À la première connexion, le compte est créé si l’inscription est ouverte ou si une règle `join` correspond, et si le fournisseur a vérifié l’adresse e-mail. Si un compte a déjà cette adresse e-mail, la connexion est refusée avec `CONFLICT` : la personne à qui il appartient lie les deux avec `identities.startLink`. À chaque connexion, les appartenances données par les règles `join` suivent ces règles.',
  },
  'identities.list': {
    does: 'Liste les identités liées au compte de l’appelant, les fournisseurs d’identité avec lesquels on peut se connecter, et indique si le compte a un mot de passe.',
  },
  'identities.startLink': {
    does: 'Commence à lier une identité au compte de l’appelant, comme `auth.startSignIn` commence une connexion. Une identité ouvre le compte comme son mot de passe : il faut donc le mot de passe et, si le compte a un second facteur, un code ou un code de secours.',
  },
  'identities.finishLink': {
    does: 'Lie l’identité que le fournisseur a confirmée. La personne qui a commencé doit être connectée, dans le même navigateur. `CONFLICT` si l’identité est déjà liée à un compte, ou si le compte en a vingt.',
  },
  'identities.unlink': {
    does: 'Délie une identité et met fin aux sessions ouvertes avec elle, immédiatement et sur toutes les instances. Il faut le mot de passe : un compte sans mot de passe garde ses identités, car rien d’autre ne l’ouvre. Si le compte a un second facteur, il faut aussi un code ou un code de secours.',
  },
  'auth.refresh': {
    does: 'Reçoit le jeton d’actualisation, ou le cookie, et renvoie le jeton d’actualisation suivant et un nouveau jeton d’accès. `signingSecret` n’y figure pas : la session garde le sien. Si un jeton d’actualisation sert une deuxième fois, le même jeton suivant est renvoyé pendant 30 secondes, tant que celui-ci n’a pas servi lui-même ; sinon, la session prend fin.',
  },
  'auth.signOut': {
    does: 'Met fin à la session, immédiatement et sur toutes les instances. Avec `returnTo`, elle peut aussi prendre fin chez le fournisseur d’identité, si elle y a commencé et si l’entrée de celui-ci porte `endSession: true` : envoyez alors le navigateur à `endSession.url`. Le fournisseur le renvoie à `returnTo` (un chemin de la console, ou une de vos pages sur une origine dont les pages peuvent appeler l’API, enregistrée chez le fournisseur), avec `endSession.state` dans le paramètre `state`. Sinon, `endSession` est `null`. Voir [Fournisseurs d’identité](identity-provider.md#se-déconnecter).',
  },
  'auth.updateProfile': {
    does: 'Change le nom de l’appelant : de 1 à 100 caractères, sans caractère de contrôle ni de changement de sens d’écriture. Les autres membres voient dès lors ce nom. Le journal d’audit indique la date du changement, mais pas le nouveau nom.',
  },
  'auth.changePassword': {
    does: 'Change le mot de passe de l’appelant et met fin à ses autres sessions, immédiatement et sur toutes les instances. Les liens de réinitialisation antérieurs ne fonctionnent plus. Les tentatives échouées sont ralenties comme à la connexion.',
  },
  'auth.createReset': {
    does: 'Crée un jeton avec lequel un membre qui a perdu son mot de passe en choisit un autre : il n’est montré qu’ici, ne sert qu’une fois, expire après 24 heures et remplace les précédents. Seulement pour un membre que l’appelant gère dans **tous** les espaces de travail de ce membre, et jamais pour l’appelant lui-même. Voir [Équipes](teams.md).',
  },
  'auth.reset': {
    does: 'Définit un nouveau mot de passe avec un tel jeton et met fin à toutes les sessions de la personne. Un jeton invalide reçoit toujours la même réponse, quelle qu’en soit la cause. Un jeton est aussi annulé si son auteur n’a plus le droit de le créer, ou si l’auteur ou la personne a quitté l’espace de travail où il a été créé.',
  },
  'auth.deleteAccount': {
    does: 'Supprime le compte de l’appelant : son nom, son adresse e-mail et son mot de passe sont effacés, ses sessions prennent fin, ses clés sont désactivées, et il n’est plus membre d’aucun espace de travail. Un espace dont il est le seul membre est supprimé avec le compte. Refusé tant que l’appelant est le dernier propriétaire d’un espace qui a d’autres membres.',
  },
  'keys.create': {
    does: 'Crée une clé dans l’espace de travail de l’appelant. `secret` et `signingSecret` ne sont montrés qu’ici. Une clé ne peut pas créer de clé moins restreinte qu’elle. `service: true` exige `workspaces:write`, ou une autre clé de service. Une personne ne crée une clé `live` que si elle s’est connectée ou authentifiée à nouveau depuis moins de dix minutes : `STEP_UP_REQUIRED`. Le même appel avec la même `idempotencyKey` ne crée qu’une clé. [Clés d’API](keys.md) décrit chaque champ, et ce qu’un appelant peut créer.',
  },
  'keys.exchange': {
    does: 'Échange le jeton d’une charge de travail (une tâche de CI, un pod, une machine virtuelle) contre une clé d’API valable au plus une heure, à la manière d’OAuth 2.0 Token Exchange (RFC 8693). `token` est un JWT d’un émetteur auquel l’exploitant fait confiance, pour l’audience d’une règle d’échange ; `rule` désigne la règle, et il le faut si plusieurs correspondent. Chaque jeton est accepté une seule fois. Avec une `idempotencyKey` aléatoire, le même échange peut être répété si sa réponse s’est perdue : il donne alors une autre clé et révoque la première. Avec `publicKey` et `proof`, comme dans `keys.create`, la clé ne partage aucun secret et `signingSecret` vaut `null`. Quel que soit le problème du jeton ou de la règle, l’échange est refusé avec `EXCHANGE_DENIED` : le journal d’audit et celui du service en disent plus. Une règle a au plus 100 clés valides. Voir [Identité des charges de travail](workload-identity.md).',
  },
  'exchangeRules.list': {
    does: 'Liste les règles d’échange de l’espace de travail, de la plus ancienne à la plus récente, et les émetteurs dont les charges de travail peuvent recevoir des clés.',
  },
  'exchangeRules.create': {
    does: 'Crée une règle d’échange : une charge de travail qui a un jeton de `issuer` pour `audience`, et dont `sub` correspond à `subject`, reçoit de `keys.exchange` une clé avec ces permissions. Dans `subject`, `*` remplace exactement un segment ; `:` et `/` séparent les segments. `claims` : au plus 10 autres claims qui doivent avoir ces valeurs. `lifetimeSeconds` va de 60 à 3 600, 900 par défaut. Les clés appartiennent à l’espace de travail, comme les clés de service : la procédure exige donc `workspaces:write`, ou une autre clé de service qui n’expire pas, et chacune des permissions de la règle. Une personne ne crée une règle pour des clés `live` que si elle s’est connectée ou authentifiée à nouveau depuis moins de dix minutes : `STEP_UP_REQUIRED`. Un espace de travail a au plus 50 règles. Voir [Identité des charges de travail](workload-identity.md).',
    output: 'la règle',
  },
  'exchangeRules.update': {
    does: 'Modifie une règle d’échange ; au moins un champ en plus de `id`. `enabled: false` la désactive. Changer le nom ou désactiver la règle n’exige que `keys:write` ; tout autre changement exige le droit de créer aussi bien la règle actuelle que la règle modifiée, et une personne qui modifie une règle pour des clés `live` prouve son identité comme pour `exchangeRules.create`. Après tout changement autre que celui du nom, chaque instance refuse les clés que la règle a délivrées.',
    output: 'la règle',
  },
  'exchangeRules.delete': {
    does: 'Supprime une règle d’échange et révoque les clés qu’elle a délivrées, immédiatement et sur toutes les instances.',
  },
  'keys.list': {
    does: 'Liste les clés de l’espace de travail. `limit` va de 1 à 100, 50 par défaut ; `search` est une partie du nom ou le début de l’identifiant ; `status` vaut `active`, `disabled` (désactivée, ou propriétaire désactivé ou parti), `expired` ou `revoked` ; `environment` vaut `live` ou `test` ; `externalId` est le propriétaire externe auquel les clés sont liées. `sort` vaut `newest` (les plus récentes d’abord, par défaut), `oldest` (les plus anciennes d’abord), `name` (par ordre alphabétique, sans distinction de casse) ou `lastUsed` (par dernière utilisation décroissante, les clés jamais utilisées à la fin). Pour la page suivante, passez `nextCursor` comme `cursor`, avec les mêmes filtres et le même `sort`. Un appel examine au plus 50 000 clés : avec des filtres, une page peut donc contenir moins de clés que `limit`, voire aucune. Seul `nextCursor: null` marque la fin de la liste.',
  },
  'keys.get': {
    does: 'Renvoie une clé : `{ id, name, environment, permissions, allowedAddresses, limits, credits, externalId, authorities, metadata, status, signature, ownerId, createdAt, expiresAt, lastUsedAt, rotatedAt, previous, revokedAt, revokedReason }`. `limits` et `credits` sont ceux de la clé elle-même, les crédits à leur valeur actuelle ; `credits` vaut `null` si la clé n’en a pas. `owners.get` renvoie ceux de son propriétaire externe.',
  },
  'keys.limits': {
    does: 'Renvoie l’état actuel des limites d’une clé, sans compter d’appel : les siennes et, sous des noms qui commencent par `owner.`, celles qu’elle partage avec les autres clés de son propriétaire externe. Chaque réponse indique à la clé qui appelle ses propres limites dans l’en-tête `ratelimit`.',
  },
  'keys.update': {
    does: 'Modifie une clé ; au moins un champ en plus de `id`. `expiresAt: null` supprime l’expiration, `enabled: false` désactive la clé, `externalId: null` la détache de son propriétaire externe. Les listes, `credits` et `metadata` sont remplacés en entier : `limits: []` supprime toutes les limites, `credits: null` met fin au décompte. Changer le nom ou les métadonnées, désactiver la clé et la restreindre sans rien lui accorder n’exigent que `keys:write`. Toute autre modification exige le droit d’obtenir les secrets de la clé telle qu’elle serait ensuite, comme pour `keys.rotate` : seule la personne à qui appartient une clé personnelle, ou une autre de ses clés, peut l’élargir, la prolonger et l’activer. Une clé ne peut modifier ni ses propres limites ni ses propres crédits. Une personne n’accorde davantage à une clé `live` que si elle s’est connectée ou authentifiée à nouveau depuis moins de dix minutes : `STEP_UP_REQUIRED`. Dès la réponse, toutes les instances refusent ce qui a été retiré. Une clé révoquée ne peut pas être modifiée, et une clé de `keys.exchange` qui a expiré le reste.',
  },
  'keys.rotate': {
    does: 'Donne à une clé de nouveaux secrets, sous le même identifiant. Les précédents restent valables pendant `graceSeconds` (0 à 2 592 000), de plus anciens ne le sont plus ; chaque secret de signature ne fonctionne qu’avec sa propre clé d’API. `key.previous` indique jusqu’à quand les secrets précédents sont valables et quand ils ont servi pour la dernière fois. La rotation d’une clé révoquée, expirée ou désactivée est refusée. Seule la personne à qui appartient une clé personnelle, ou une autre de ses clés, peut en obtenir les secrets, quel que soit le rôle des autres appelants ; ceux d’une clé de service vont à un appelant qui pourrait en créer une. Aucun appelant ne peut obtenir les secrets d’une clé qui a plus de droits que lui. Une clé appelante ne peut pas non plus obtenir ceux d’une clé moins restreinte, ni d’une clé restreinte par un appelant qui avait moins de droits qu’elle, ni, avec ses secrets précédents, d’une clé qui survivrait au délai de grâce. Une personne ne renouvelle les secrets d’une clé `live` que si elle s’est connectée ou authentifiée à nouveau depuis moins de dix minutes : `STEP_UP_REQUIRED`. Les limites et les crédits restent inchangés. Avec `publicKey` et `proof`, les nouveaux secrets ne comprennent pas de secret de signature : voir [Des clés sans secret partagé](standard-signatures.md#des-clés-sans-secret-partagé).',
  },
  'keys.revoke': {
    does: 'Révoque une clé définitivement. Dès la réponse, aucune instance n’accepte plus la clé ; la révoquer de nouveau est sans effet.',
  },
  'keys.delete': {
    does: 'Supprime une clé révoquée des listes ; les enregistrements qui renvoient à son identifiant restent exacts.',
  },
  'keys.tail': {
    does: "Transmet les appels de la clé à mesure qu’ils se terminent, sur toutes les instances : `{ type: 'call', at, procedure, outcome, durationMs, address, requestId, pair }`, ou `{ type: 'missed', count }` si certains ont été omis. Le flux se termine dans les cinq secondes après la fin du droit de le suivre. Voir [Utilisation](usage.md).",
    output: 'des événements',
  },
  'owners.update': {
    does: 'Fixe les limites et crédits communs à toutes les clés d’un propriétaire externe, et crée celui-ci s’il n’existe pas (une clé avec un nouvel `externalId` le crée aussi). Au moins l’un de `limits` et `credits`, chacun comme pour une clé et remplacé en entier : `limits: []` supprime toutes les limites, `credits: null` met fin au décompte. La modification s’applique dès la requête suivante, sur toutes les instances. Une clé de test ne peut pas appeler cette procédure, car les limites d’un propriétaire externe s’appliquent aussi à ses clés `live` ; une clé elle-même liée à un propriétaire externe non plus. Une simple restriction n’exige que `keys:write`. Toute autre modification accorde davantage à chaque clé du propriétaire externe et exige le droit d’étendre chacune d’elles : les vôtres, ou toutes si vous pouvez gérer les clés de service (les propriétaires, les administrateurs et les clés de service, qui ne doivent pas avoir moins de droits que les clés du propriétaire externe), ainsi que, d’une personne, qu’elle se soit connectée ou authentifiée à nouveau depuis moins de dix minutes : `STEP_UP_REQUIRED`. Les adresses IP et les `authorities` de 1 000 clés au plus sont comparées à celles d’une clé qui appelle : au-delà, seule une personne peut le faire, ou une clé sans `allowedAddresses` si aucune des clés n’a d’`authorities`. Si le propriétaire externe a plus de 10 000 clés, seule une personne propriétaire de l’espace de travail le peut.',
  },
  'owners.get': {
    does: 'Renvoie un propriétaire externe, avec la valeur actuelle de ses crédits.',
  },
  'owners.list': {
    does: 'Liste les propriétaires externes de l’espace de travail, par `externalId`. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` s’utilise comme pour `keys.list`.',
  },
  'audit.list': {
    does: 'Liste les enregistrements du [journal d’audit](audit.md) de l’espace de travail, les plus récents d’abord. `from` (inclus) et `to` (exclu) sont des dates et heures. `actorId` est l’identifiant d’une personne ou d’une clé, `action` le nom d’une procédure ou d’une action du service lui-même, `subject` l’identifiant de ce qui a été modifié. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` s’utilise comme pour `keys.list` : un appel examine au plus 50 000 enregistrements, et avec des filtres une page peut donc en contenir moins que `limit`, voire aucun.',
    output:
      '`{ items, nextCursor }`, de `{ seq, at, actor: { kind, id }, address, requestId, action, subject, before, after, mac }`',
  },
  'audit.verify': {
    does: 'Vérifie que chaque enregistrement est inchangé et à sa place, et qu’il n’en manque aucun. Un appel lit au plus 50 000 enregistrements, pendant environ deux secondes. S’il y en a davantage, il répond `verified: null` : rappelez-le avec `nextCursor` comme `cursor`. `known` est une tête donnée par une réponse ou une ligne de log antérieure. L’appel ne peut pas faire partie d’un lot. La page [Journal d’audit](audit.md) explique les problèmes.',
    output:
      '`{ verified: true, records, head: { seq, mac } | null }`, `{ verified: false, at, problem }` ou `{ verified: null, records, nextCursor }`',
  },
  'requests.list': {
    does: 'Le [journal des appels](usage.md#journal-des-appels) : les appels des clés de l’espace de travail au cours des 24 dernières heures, les plus récents d’abord. `requestId` trouve les appels d’une requête ; avec `environment`, seuls les appels des clés de cet environnement ; `outcome` vaut `accepted`, `refused` ou un motif. `from` (inclus) et `to` (exclu) sont des dates et heures. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` s’utilise comme pour `keys.list` : un appel examine au plus 50 000 appels enregistrés, et avec des filtres une page peut donc en contenir moins que `limit`, voire aucun. Un élément représente (`represents`) plus d’un appel si d’autres appels de sa clé ont été omis avant lui.',
    output:
      '`{ items, nextCursor }`, de `{ at, requestId, key: { id, name }, procedure, outcome, status, durationMs, environment, address, represents }`',
  },
  'usage.key': {
    does: 'Renvoie les résultats des appels d’une clé entre `from` et `to`, par minute (`minute`), heure (`hour`) ou jour (`day`) UTC, ou de ceux d’une seule procédure (`procedure`). Voir [Utilisation](usage.md).',
  },
  'usage.workspace': {
    does: 'Renvoie la même chose pour toutes les clés de l’espace de travail, ou pour celles d’un seul environnement (`environment`), avec les `top` clés qui ont fait le plus d’appels : 0 à 100, 10 par défaut.',
  },
  'usage.keys': {
    does: 'Renvoie les résultats des appels de plusieurs clés, comme les montre une liste de clés : 1 à 100 `ids` et, dans le même ordre, les `items`, chacun `{ id, accepted, refused, points }`. Toutes les clés ensemble ont au plus 10 000 points.',
  },
  'sessions.list': {
    does: 'Liste les sessions en cours de l’appelant, les plus récentes d’abord, cent au plus. Une session est `{ id, createdAt, refreshedAt, address, userAgent, current, signature }` : l’adresse IP depuis laquelle elle a été ouverte, le programme, s’il s’est identifié, et ce avec quoi elle signe : `{ algorithm, thumbprint }`, comme pour une clé.',
  },
  'sessions.setPublicKey': {
    does: 'Donne à la session qui appelle une clé publique à la place de son secret de signature, que le service oublie : dès lors, seule la clé privée signe, selon la RFC 9421, et le service ne peut plus signer pour la personne. Cela n’est possible qu’une fois, dans la minute qui suit la connexion et avant le premier renouvellement ; sinon l’appel est refusé avec `CONFLICT`. `createBrowserSession` le fait de lui-même. Voir [Des sessions sans secret partagé](standard-signatures.md#des-sessions-sans-secret-partagé).',
  },
  'sessions.revoke': {
    does: 'Met fin à une session de l’appelant, à toutes sauf la session actuelle, ou à toutes, immédiatement et sur toutes les instances. `ended` est leur nombre.',
    input: '`{ id }` ou `{ others: true }` ou `{ all: true }`',
  },
  'workspaces.list': {
    does: 'Liste les espaces de travail dont l’appelant est membre, dans l’ordre où il les a rejoints : `{ id, name, createdAt, role, active }`. La session agit dans celui qui est `active` ; aucun ne l’est si l’appelant a quitté celui-là.',
  },
  'workspaces.create': {
    does: 'Crée un espace de travail dont l’appelant est propriétaire. La session reste dans son espace actuel. Une personne est membre d’au plus cent espaces de travail.',
  },
  'workspaces.select': {
    does: 'Fait agir la session dans un autre espace de travail de l’appelant, dès la requête suivante.',
  },
  'workspaces.get': {
    does: 'Renvoie l’espace de travail où la session agit, et le nombre d’éléments que sa suppression emporterait : membres, clés non révoquées (dont celles qui n’appartiennent à aucune personne), invitations en attente. `signIn` est sa règle de connexion : voir `workspaces.update`. `sponsorId` est le propriétaire dont il utilise la part de capacité (son parrain), ou `null`.',
  },
  'workspaces.rename': {
    does: 'Renomme l’espace de travail.',
  },
  'workspaces.update': {
    does: 'Fixe comment les sessions qui agissent dans l’espace de travail doivent s’être connectées : avec un second facteur (un code, ou une connexion avec un fournisseur d’identité qui en a demandé un), avec un fournisseur d’identité donné (sous le nom que l’exploitant lui a donné), ou les deux. Ce qui est omis ne change pas ; `issuer: null` accepte toute connexion. Dès la requête suivante, toutes les instances refusent avec `SIGN_IN_RULE` une session qui ne suit pas la règle, seule ou avec une clé ; elle peut encore gérer son compte, choisir un autre espace et quitter celui-ci. Les clés seules ne sont pas concernées. L’appel lui-même est refusé avec `SIGN_IN_RULE` si la session qui appelle ne suit pas la nouvelle règle. Voir [Équipes](teams.md#règles-de-connexion).',
  },
  'workspaces.sponsor': {
    does: 'Fait de l’appelant le parrain de l’espace de travail où la session agit, s’il n’en a pas : l’espace utilise dès lors la part de capacité de l’appelant. Refusé avec `CONFLICT` si une autre personne en est le parrain.',
  },
  'workspaces.delete': {
    does: 'Supprime l’espace de travail où la session agit : ses clés sont révoquées, ses invitations annulées et ses membres retirés, immédiatement. `name` est le nom exact de l’espace, pour éviter de supprimer le mauvais. La réponse compte ce qui a été supprimé. Cette action est irréversible.',
  },
  'members.list': {
    does: 'Liste les membres de l’espace de travail, par identifiant : `{ userId, email, name, role, disabled, joinedAt }`. `limit` va de 1 à 100, 50 par défaut ; `nextCursor` s’utilise comme pour `keys.list`.',
  },
  'members.setRole': {
    does: 'Change le rôle d’un membre, pour lui et pour ses clés, dès la requête suivante. Les invitations et les liens de réinitialisation que ce rôle ne permet plus de créer sont annulés définitivement. Ni l’ancien rôle ni le nouveau ne peut dépasser celui de l’appelant. Le dernier propriétaire ne peut pas changer de rôle.',
  },
  'members.remove': {
    does: 'Retire un membre de l’espace de travail. Ses clés sont désactivées, et dès lors refusées avec `KEY_DISABLED` ; celles qui appartiennent à l’espace de travail continuent de fonctionner. Les invitations et les liens de réinitialisation qu’il a créés, et les liens créés pour lui, sont annulés. Une nouvelle invitation ne rétablit rien de tout cela : il doit réactiver lui-même chacune de ses clés.',
  },
  'members.leave': {
    does: 'Retire l’appelant de l’espace de travail où la session agit ; ses clés, ses invitations et ses liens prennent fin comme avec `members.remove`. Le dernier propriétaire ne peut pas partir. Un membre peut partir même si sa connexion ne suit pas la règle de l’espace.',
  },
  'invitations.create': {
    does: 'Invite une personne par son adresse e-mail, avec un rôle qui ne dépasse pas celui de l’appelant. `token` n’est montré qu’ici : transmettez-le vous-même, car aucun e-mail n’est envoyé. Il ne sert qu’une fois, expire après sept jours, et remplace une invitation antérieure à la même adresse e-mail. Un espace de travail a au plus 200 invitations en attente. `invitation` est `{ id, email, role, invitedBy, createdAt, expiresAt }`.',
  },
  'invitations.list': {
    does: 'Liste les invitations en attente que l’on peut encore accepter, les plus récentes d’abord.',
  },
  'invitations.revoke': {
    does: 'Annule une invitation en attente.',
  },
  'invitations.preview': {
    does: 'Renvoie ce qu’offre une invitation à la personne qui en a le jeton, avant qu’elle soit acceptée : `role` dans l’espace de travail nommé `workspaceName`, de la part du membre nommé `inviterName`, pour le compte dont l’adresse e-mail est `email`. Ne change rien. Un jeton invalide reçoit toujours la même réponse, quelle qu’en soit la cause.',
  },
  'invitations.accept': {
    does: 'Fait de l’appelant, dont l’adresse e-mail doit être celle de l’invitation, un membre de l’espace de travail. La session reste dans son espace actuel jusqu’à `workspaces.select`. Un jeton invalide reçoit toujours la même réponse, quelle qu’en soit la cause. Une personne sans compte passe le jeton à `auth.signUp`.',
  },
  verify: {
    does: 'Décide si un autre service peut exécuter une requête qu’il a reçue, et en enregistre le nonce : [Vérifier une requête](verify-a-request.md). La réponse est 200 quel que soit le verdict ; en cas de panne, l’appel échoue avec `UNAVAILABLE` et n’accepte personne. La clé ne voit que les appelants de son propre espace de travail, parmi les clés celles de son propre environnement, et seulement pour les hôtes de ses `authorities`.',
    output:
      "`{ valid: true, caller, signature, permissions, limits, credits }` ou `{ valid: false, reason, httpStatus, message, docs, limits, … }` ; pour un essai à blanc, de même avec `dryRun: 'admitted'` ou `'refused'` à la place de `valid`",
  },
  exemple: {
    does: 'Salue. Le plus petit appel signé possible.',
  },
  echo: {
    does: 'Renvoie son entrée, 100 000 caractères au plus.',
  },
  profile: {
    does: 'Renvoie la personne pour laquelle la clé appelle.',
  },
  whoami: {
    does: 'Indique comment le service voit l’appelant, et ce que l’appelant peut faire. `key` est `{ id, name, environment, externalId, limits, credits }` : les limites comprennent celles du propriétaire externe, sous le nom `owner.<nom>` ; `credits` est `{ remaining }` de la clé ou du propriétaire externe, selon celui des deux à qui il en reste le moins, ou `null` si aucun n’a de crédits. L’appel compte dans les limites et ne coûte rien.',
  },
  clock: {
    does: 'Envoie un battement chaque seconde, ou toutes les 50 à 60 000 ms, jusqu’à ce que l’appelant se déconnecte ou perde le droit d’écouter. Un flux interrompu reprend après `lastEventId`.',
  },
  upload: {
    does: 'Reçoit des octets, ou un formulaire avec un fichier, et décrit ce qui est arrivé. Rien n’est analysé avant la vérification de la signature.',
  },
  health: {
    does: 'Indique si le service répond.',
  },
} as const satisfies Readonly<Record<string, ProcedureText>>;
