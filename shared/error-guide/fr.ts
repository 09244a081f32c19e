import type { ErrorGuide } from './error-help.ts';

export const fr: ErrorGuide = {
  title: 'Refus',
  parts: { happened: "Ce qui s'est passé", why: 'Pourquoi', fix: 'Comment y remédier' },
  reasons: {
    INPUT_INVALID: {
      happened:
        "L'appelant a le droit de faire cet appel, mais son entrée n'est pas ce que la procédure attend.",
      why: "Un champ manque, est d'un autre type, sort de ses bornes ou n'est pas connu de la procédure ; l'entrée n'est pas du JSON ; la requête porte un paramètre qu'aucun appel ne lit, comme `input[name]` ; ou l'entrée d'un lot a un membre qui n'en est aucun appel.",
      fix: "`issues` dit où et quoi, par le `path` de chaque champ. [Procédures](procedures.md) dit ce que chacune attend. L'appel a été compté dans les limites, et n'a coûté aucun crédit.",
    },
    REQUEST_MALFORMED: {
      happened: "La requête a été refusée avant que quiconque ne regarde qui l'a envoyée.",
      why: "Elle peut se lire de deux façons, ou porte ce qui n'est pas accepté sous `/api` : un en-tête répété, un corps sur `GET`, des segments à points ou un fragment dans la cible, des trailers, un remplacement de méthode, une procédure publique dans un lot, plus de vingt appels en un, un corps interrompu, ou des en-têtes de relais mal formés.",
      fix: 'Envoyez ce que décrit [Signer une requête](sign-a-request.md). Si votre code le fait, regardez ce que devient la requête chez un proxy en chemin.',
    },

    KEY_MISSING: {
      happened: "La requête ne porte pas d'`authorization`.",
      why: "Seules les procédures publiques sont ouvertes à n'importe qui. Un en-tête qu'un proxy ou une redirection a retiré manque aussi.",
      fix: "Envoyez `authorization: Bearer <clé d'API>` ; une personne y envoie son jeton d'accès.",
    },
    KEY_INVALID: {
      happened: "Ce que contient `authorization` n'est pas une clé que ce service connaît.",
      why: "Cette clé n'existe pas, son secret est faux, un caractère s'est perdu, elle a été renouvelée et ses anciens secrets ont pris fin, elle est d'un autre service (par `verify` : d'un espace de travail ou d'un environnement que la clé qui demande ne voit pas), ou l'en-tête n'est pas `Bearer <clé d'API>`. Tout cela se ressemble : rien n'est dit d'une clé à qui ne la détient pas.",
      fix: "Copiez la clé de nouveau, entière. Si elle est perdue, renouvelez-la ou créez-en une autre : elle n'est montrée qu'une fois.",
    },
    KEY_EXPIRED: {
      happened: 'La clé est la bonne, et son temps est écoulé.',
      why: 'Elle a été créée avec un `expiresAt`, qui est passé.',
      fix: 'Créez une autre clé, ou faites repousser `expiresAt` par `keys.update`.',
    },
    KEY_REVOKED: {
      happened: "La clé est la bonne, et quelqu'un y a mis fin pour de bon.",
      why: "`keys.revoke` a été appelé pour elle, ou son espace de travail a été supprimé. Le journal d'audit dit par qui, et quand.",
      fix: 'Créez une autre clé. Une clé révoquée ne revient pas.',
    },
    KEY_DISABLED: {
      happened: 'La clé est la bonne, et elle est désactivée.',
      why: "Quelqu'un l'a désactivée, ou son propriétaire a quitté l'espace de travail.",
      fix: 'Faites-la réactiver par `keys.update { enabled: true }`, ou créez-en une à vous. Pour un programme qui doit continuer quand les gens partent, voir les clés de service dans [Équipes](teams.md).',
    },

    TOKEN_MISSING: {
      happened: "L'appel demande un jeton d'utilisateur, et il n'y en a pas.",
      why: "La procédure est pour une personne, ou pour une clé au nom d'une personne ; ou bien `auth.refresh` est venu sans jeton de renouvellement.",
      fix: "À côté d'une clé, envoyez le jeton d'accès dans `x-user-token` ; une personne l'envoie par `authorization: Bearer`. Signez-le avec le reste : c'est la ligne 9 de la base.",
    },
    TOKEN_INVALID: {
      happened: "Le jeton n'a pas été accepté.",
      why: "Il n'est pas de ce service, il est d'une autre session que celle qui signe, ou le jeton de renouvellement n'est pas connu.",
      fix: "Envoyez l'`accessToken` de la session dont le secret signe, tel qu'il a été donné. S'il n'est plus là, reconnectez-vous.",
    },
    TOKEN_EXPIRED: {
      happened: "Le jeton d'accès était bon, et son temps est écoulé.",
      why: "Un jeton d'accès vaut dix minutes.",
      fix: "Appelez `auth.refresh` et envoyez l'appel de nouveau, signé de nouveau. [Le client](client.md) le fait de lui-même.",
    },
    SESSION_ENDED: {
      happened: 'La session est finie.',
      why: "Déconnexion, 30 jours sans usage, 90 jours d'âge, jeton de renouvellement utilisé deux fois, fin demandée par une autre session, mot de passe changé ou compte désactivé.",
      fix: "Reconnectez-vous. Si un jeton de renouvellement a servi deux fois et que ce n'était pas vous, quelqu'un d'autre l'a : changez le mot de passe.",
    },

    SIGNATURE_MISSING: {
      happened: 'La requête ne porte pas de `x-signature`.',
      why: 'Tout est signé, sauf les procédures publiques : une clé qui fuit ne vaut rien sans son secret de signature.',
      fix: '[Signer une requête](sign-a-request.md) dit comment, [à la main](sign-by-hand.md) ligne par ligne ; [le client](client.md) signe de lui-même.',
    },
    SIGNATURE_MALFORMED: {
      happened: '`x-signature` ne peut pas être lu.',
      why: "Ce n'est pas `v1,k=…,t=…,n=…,s=…` dans cet ordre et sans espaces, une partie n'a pas sa forme (`t` dix chiffres, `n` 22 à 64 caractères parmi `A-Z a-z 0-9 _ -`, `s` 64 chiffres hexadécimaux en minuscules), ou `t` a plus de dix minutes d'avance.",
      fix: 'Cherchez une partie vide, des millisecondes dans `t`, du base64 avec `+`, `/` ou `=` dans `n`, des majuscules dans `s`.',
    },
    SIGNATURE_INVALID: {
      happened: "Ce qui a été signé n'est pas ce qui est arrivé.",
      why: "Une ligne de la base diffère (quelque chose en chemin, ou la bibliothèque HTTP après la signature, a récrit l'hôte, le chemin, le type de contenu ou le corps), le secret de signature n'est pas celui de cette clé d'API, ou `k` n'est pas son identifiant.",
      fix: "Hors production, comparez `debug.base` à vos dix lignes ; [le client](client.md) le fait dans son message d'erreur. Si les dix concordent, c'est le secret. [Signer une requête à la main](sign-by-hand.md) a des valeurs pour essayer votre code.",
    },
    SIGNATURE_EXPIRED: {
      happened: "La signature est juste, et `t` n'est pas maintenant.",
      why: "Elle a plus de 300 secondes, ou plus de 60 d'avance : une horloge est fausse, ou la requête a attendu avant d'être envoyée. C'est aussi, quelques secondes durant, la réponse d'un service qui vient de tomber en panne.",
      fix: "Vérifiez le `mac` de `clock`, prenez son `now`, et signez de nouveau, une fois : voir [Signer une requête](sign-a-request.md). [Le client](client.md) le fait de lui-même. Puis réglez l'horloge.",
    },
    SIGNATURE_REPLAYED: {
      happened: 'Cette signature même a déjà été acceptée.',
      why: "Une signature ne vaut qu'une fois. Quelque chose a envoyé la requête deux fois : un nouvel essai d'une bibliothèque HTTP ou d'un proxy, un nonce qui n'est pas nouveau, ou quelqu'un qui l'a capturée.",
      fix: "Signez chaque requête de nouveau, un nouvel essai aussi, avec un nonce à elle. La première des deux a été admise : avant de rappeler, voyez ce qu'elle a fait, ou appelez avec un `idempotencyKey` si la procédure en prend un.",
    },
    CREDENTIALS_INVALID: {
      happened: "L'adresse électronique ou le mot de passe est faux.",
      why: "Lequel des deux n'est pas dit. Quand un compte est modifié, c'est le mot de passe actuel.",
      fix: "Réessayez, ou faites faire par qui gère l'espace de travail un lien pour poser un nouveau mot de passe.",
    },

    PERMISSION_DENIED: {
      happened: "L'appelant est connu, et n'a pas le droit de faire cela.",
      why: '`missing` nomme la permission qui manque à la clé, au rôle de son propriétaire ou à celui de la personne.',
      fix: 'Demandez une clé qui la détient à qui gère les clés.',
    },
    IP_DENIED: {
      happened: "La clé ne sert pas depuis là d'où l'appel est venu.",
      why: "Elle ne sert que depuis ses `allowedAddresses`, et cette adresse n'en est pas. Par `verify` aussi si le service n'a pas dit d'`address`.",
      fix: "Appelez de là, ou faites ajouter l'adresse. Un service qui demande à `verify` transmet l'adresse de l'appelant, pas celle de son proxy.",
    },
    ENVIRONMENT_DENIED: {
      happened: "La clé n'est pas de l'environnement qu'il faut.",
      why: "Une clé de test a visé quelque chose de réel (`live` : une clé, ou un propriétaire externe qui n'est pas le sien), ou la procédure ne prend que les clés de l'autre environnement.",
      fix: 'Prenez une clé de cet environnement.',
    },
    WORKSPACE_DENIED: {
      happened: "La personne n'appartient pas, ou plus, à l'espace de travail.",
      why: "Elle l'a quitté, en a été retirée, ou il a été supprimé ; ou la clé qui appelle pour elle est d'un autre espace que les siens.",
      fix: 'Une session qui y agissait peut encore lister, créer et choisir des espaces de travail : voir [Équipes](teams.md). Choisissez-en un autre, ou faites-vous inviter.',
    },
    ESCALATION_DENIED: {
      happened: "L'appel aurait accordé plus que ce que détient son appelant.",
      why: "Personne n'accorde ce qu'il ne détient pas, et aucune clé ne desserre ce qui la borne. `missing` le nomme : une permission ; `expiresAt`, `allowedAddresses`, `externalId` ou `authorities`, si la clé appelante est plus bornée que l'autre ne le serait ; `limits` ou `credits`, si elle a visé les siens, ou si elle a des crédits et a visé une autre clé ; `service`, si la clé d'une personne en a visé une qui est à l'espace de travail ; `ownerId`, si ces secrets appartiennent à quelqu'un d'autre, seul à pouvoir les recevoir, les prolonger ou les élargir ; ou un rôle au-dessus de celui de l'appelant.",
      fix: 'Demandez moins, ou laissez faire une personne.',
    },
    INVITATION_INVALID: {
      happened: "L'invitation n'ouvre rien.",
      why: "Elle est inconnue, utilisée, retirée, a plus de sept jours ou est pour une autre adresse, ou bien qui l'a faite n'en aurait plus le droit.",
      fix: "Connectez-vous avec l'adresse invitée, ou faites-en faire une autre.",
    },
    RESET_INVALID: {
      happened: "Le lien pour poser un mot de passe n'ouvre rien.",
      why: "Il est inconnu, utilisé, remplacé ou a plus d'un jour, ou bien qui l'a fait n'en aurait plus le droit.",
      fix: 'Faites-en faire un autre.',
    },
    ACCESS_DENIED: {
      happened: "L'appel est venu avec une autre sorte de preuve que celle qu'il prend.",
      why: "Il prend une clé et une personne a appelé, ou il prend une personne qui signe par sa propre session et une clé a appelé (au nom de quelqu'un, aussi). Ou bien l'inscription est fermée, le jeton d'installation n'est pas le bon, ou un cookie a servi depuis une page d'une autre origine.",
      fix: "[Procédures](procedures.md) dit qui peut appeler chacune. Si l'inscription est fermée, faites-vous inviter.",
    },

    PROCEDURE_NOT_FOUND: {
      happened: "Il n'y a rien sous ce nom.",
      why: "La procédure est mal écrite ou d'une autre version, ou le chemin ne commence pas par `/api/`.",
      fix: '[Procédures](procedures.md) les a toutes ; majuscules et minuscules comptent.',
    },
    KEY_NOT_FOUND: {
      happened: "L'espace de travail n'a pas de clé de cet identifiant.",
      why: "Elle est d'un autre espace, a été supprimée, ou l'identifiant n'est pas entier.",
      fix: "Voir `keys.list`. L'identifiant est la troisième partie d'une clé d'API.",
    },
    MEMBER_NOT_FOUND: {
      happened: "L'espace de travail n'a pas de membre de cet identifiant.",
      why: "Il l'a quitté, ou l'identifiant est celui d'autre chose.",
      fix: 'Voir `members.list`.',
    },
    INVITATION_NOT_FOUND: {
      happened: "L'espace de travail n'a pas d'invitation de cet identifiant qui attende.",
      why: 'Elle a été acceptée, retirée ou remplacée, ou est trop vieille.',
      fix: 'Voir `invitations.list`.',
    },
    WORKSPACE_NOT_FOUND: {
      happened: "Vous n'appartenez à aucun espace de travail de cet identifiant.",
      why: "Il a été supprimé, vous l'avez quitté, ou il n'est pas à vous.",
      fix: 'Voir `workspaces.list`.',
    },
    SESSION_NOT_FOUND: {
      happened: "Vous n'avez pas de session de cet identifiant.",
      why: "Elle est déjà finie, ou n'est pas à vous.",
      fix: 'Voir `sessions.list`.',
    },
    OWNER_NOT_FOUND: {
      happened: "L'espace de travail n'a pas de propriétaire externe de cet `externalId`.",
      why: "Personne ne l'a encore créé, ou il s'écrit autrement.",
      fix: '`owners.update` en crée un, la première clé qui lui est liée aussi.',
    },

    METHOD_NOT_SUPPORTED: {
      happened: 'La procédure existe, et ne prend pas cette méthode HTTP.',
      why: "Lectures et abonnements sont `GET`, écritures `POST` ; rien sous `/api` n'est `HEAD` ou autre chose.",
      fix: "Prenez la méthode que nomme [Procédures](procedures.md). C'est la ligne 5 de ce qui est signé.",
    },
    REQUEST_TIMEOUT: {
      happened: 'La requête a mis trop de temps à arriver.',
      why: "Les en-têtes n'étaient pas là après 10 secondes, ou le corps est arrivé à moins de 8 Kio par seconde sur 10 secondes (16 Kio tant qu'aucune clé ni session n'est prouvée).",
      fix: 'Envoyez-la de nouveau, signée de nouveau, par une meilleure ligne ou avec un corps plus petit.',
    },
    CONFLICT: {
      happened: "L'appel contredit ce qui est.",
      why: "Une adresse électronique déjà prise, une clé révoquée, ou qui doit l'être d'abord, le dernier propriétaire d'un espace de travail, un membre qui l'est déjà, un nom qui n'est pas celui de l'espace, ou une limite de ce qu'il peut y en avoir.",
      fix: 'Regardez où en sont les choses, et décidez de nouveau. Le même appel, refait, finit de même.',
    },
    IDEMPOTENCY_MISMATCH: {
      happened: "La clé d'idempotence a servi avec une autre entrée.",
      why: 'Un `idempotencyKey` désigne un appel avec une entrée, pendant un jour.',
      fix: 'Pour un autre appel, prenez une autre clé ; pour en répéter un, envoyez exactement la même entrée.',
    },
    BODY_TOO_LARGE: {
      happened: 'Le corps dépasse la limite.',
      why: 'La limite est de 1 Mio, sauf autre réglage du service, et de 16 Kio pour les procédures publiques et `auth.refresh`.',
      fix: "Envoyez moins à la fois, ou faites relever `KEYSEAL_MAX_BODY_BYTES` par l'exploitant.",
    },
    MEDIA_TYPE_NOT_SUPPORTED: {
      happened: "Le corps est d'un type que la procédure ne prend pas.",
      why: "Le type de contenu n'est pas un des siens (JSON, sauf pour celles qui prennent des formulaires ou des octets), ou un `content-encoding` est présent.",
      fix: 'Envoyez `content-type: application/json`, et pas de corps comprimé. Le type de contenu est la ligne 8 de ce qui est signé.',
    },
    AUTHORITY_UNKNOWN: {
      happened: "Le service a été demandé sous un hôte qui n'est pas le sien.",
      why: "Le `host` de la requête n'est pas une des origines publiques ; souvent, un proxy y a mis le sien. Par `verify` : l'`authority` n'est pas dans les `authorities` de la clé qui vérifie.",
      fix: "L'exploitant règle `KEYSEAL_PUBLIC_ORIGINS`. Pour `verify`, une personne ajoute l'autorité avec `keys.update`, écrite comme elle est signée.",
    },
    RATE_LIMITED: {
      happened: "Une limite de débit est atteinte ; rien n'a été compté ni dépensé.",
      why: "C'est une limite de la clé, de son propriétaire externe, du service, ou de la session et de sa personne ; `limit` et `resetAt` sont ceux de la limite pleine le plus longtemps. Pour `keys.tail` : l'espace de travail regarde avec autant de flux qu'il peut, soit `limit`.",
      fix: "Attendez `retryAfter` secondes : alors, si d'autres ne la prennent pas, il y a de la place pour un appel. Voir [Limites et crédits](limits-and-credits.md).",
    },
    CREDITS_EXHAUSTED: {
      happened: "Les crédits ne couvrent pas l'appel ; rien n'a été dépensé.",
      why: "Ce qui reste des crédits de la clé ou de son propriétaire externe (`remaining`, le moindre des deux) est moins que ce que coûte l'appel.",
      fix: "Attendez le complément à `resetAt`, s'il y en a un, ou faites-en donner par `keys.update` ou `owners.update`. Voir [Limites et crédits](limits-and-credits.md).",
    },
    TOO_MANY_FAILURES: {
      happened: "Il y a eu trop d'essais faux.",
      why: 'Ils sont venus de cette adresse ou de son réseau, ou ont visé ce compte ; le vôtre peut être un parmi beaucoup derrière la même adresse.',
      fix: "Attendez `retryAfter` secondes, et corrigez ce qui était faux. Une signature juste n'est jamais refusée pour cela ; un mot de passe juste peut devoir attendre. Une clé faite par une version antérieure peut devoir attendre aussi quand elle est cherchée pour la première fois : renouvelez-la.",
    },
    HEADERS_TOO_LARGE: {
      happened: 'Les en-têtes sont trop grands.',
      why: 'Un en-tête dépasse 8 Kio, il y en a plus de cent, ou tous ensemble dépassent 32 Kio.',
      fix: "Envoyez-en moins ; souvent, ce sont des cookies dont personne n'a besoin ici.",
    },

    INTERNAL: {
      happened: 'Quelque chose a mal tourné dans le service.',
      why: "C'est une faute du service, et non de l'appel. Son journal en a la cause sous `requestId`.",
      fix: "Donnez le `requestId` à l'exploitant. Les crédits que l'appel avait pris ont été rendus.",
    },
    UNAVAILABLE: {
      happened: 'Le service ne peut pas répondre maintenant, et ne laisse entrer personne au jugé.',
      why: "Il démarre, sa base de données est hors d'atteinte, ou il a plus à faire qu'il ne peut.",
      fix: "Réessayez, signé de nouveau, après `retryAfter` secondes s'il est présent. Une écriture a pu être faite malgré tout : voyez ce qu'elle a fait, ou appelez avec un `idempotencyKey` si la procédure en prend un.",
    },
  },
};
