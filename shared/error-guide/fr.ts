import type { ErrorGuide } from './error-help.ts';

export const fr: ErrorGuide = {
  title: 'Refus',
  parts: { happened: 'Ce qui s’est passé', why: 'Pourquoi', fix: 'Comment y remédier' },
  reasons: {
    INPUT_INVALID: {
      happened: 'L’appelant a le droit de faire cet appel, mais l’entrée n’est pas valide pour la procédure.',
      why: 'La cause est l’une de celles-ci : un champ manque, est d’un autre type, sort de ses bornes ou est inconnu de la procédure ; l’entrée n’est pas du JSON ; la requête porte un paramètre qu’aucun appel ne lit, comme `input[name]` ; l’entrée d’un lot a un champ qui ne correspond à aucun appel du lot ; le JSON des entrées, réunies dans le cas d’un lot, est plus long que leurs procédures ne l’admettent : 640 Kio pour `verify` et `echo`, 128 Kio pour toutes les autres de Keyseal ; un formulaire n’a pas de délimiteur (`boundary`) valable.',
      fix: 'Corrigez les champs que `issues` désigne par leur `path`. [Procédures](procedures.md) décrit chaque entrée. L’appel a été compté dans les limites et n’a coûté aucun crédit.',
    },
    REQUEST_MALFORMED: {
      happened: 'Le service a refusé la requête avant d’identifier l’appelant.',
      why: 'La requête peut se lire de deux façons, ou contient un élément que `/api` n’accepte pas : un en-tête répété, un corps sur `GET`, des segments à points ou un fragment dans la cible, des trailers, un remplacement de méthode, une procédure publique dans un lot, plus de vingt appels en une requête, un corps interrompu, ou des en-têtes de relais mal formés. Ou ce n’est pas du HTTP/1.1 : le port a reçu du TLS, du HTTP/2 ou le protocole PROXY.',
      fix: '`issues` indique la règle que la requête enfreint (`rule`) et la partie en cause (`path`, par exemple `headers.host`). Envoyez la requête comme le décrit [Signer une requête](sign-a-request.md). Si votre code le fait déjà, vérifiez si un proxy modifie la requête en chemin.',
    },

    KEY_MISSING: {
      happened: 'La requête n’a pas d’en-tête `authorization`.',
      why: 'Seules les procédures publiques acceptent un appel sans clé ni session. Un proxy ou une redirection a peut-être retiré l’en-tête.',
      fix: 'Envoyez `authorization: Bearer <clé d’API>`. Une personne y envoie son jeton d’accès.',
    },
    KEY_INVALID: {
      happened: 'Le service ne connaît pas la clé contenue dans `authorization`.',
      why: 'La clé n’existe pas, son secret est faux, un caractère s’est perdu en route, une rotation l’a remplacée et ses anciens secrets ont expiré, ou elle appartient à un autre service. Avec `verify`, elle peut appartenir à un espace de travail ou à un environnement que la clé qui vérifie ne voit pas. Ou bien l’en-tête n’est pas `Bearer <clé d’API>`. La réponse est la même dans tous ces cas : elle ne révèle rien d’une clé à un appelant qui ne l’a pas.',
      fix: 'Copiez de nouveau la clé entière. Si elle est perdue, faites-en la rotation ou créez-en une autre : une clé n’est montrée qu’une fois.',
    },
    KEY_EXPIRED: {
      happened: 'La clé est la bonne, mais elle a expiré.',
      why: 'La clé a un `expiresAt`, et cette date est passée.',
      fix: 'Créez une autre clé, ou demandez un `expiresAt` plus tardif par `keys.update`.',
    },
    KEY_REVOKED: {
      happened: 'La clé est la bonne, mais elle a été révoquée définitivement.',
      why: 'Quelqu’un a appelé `keys.revoke` pour cette clé, ou a supprimé son espace de travail. Le journal d’audit indique qui l’a fait, et quand.',
      fix: 'Créez une autre clé. Une clé révoquée ne peut pas être rétablie.',
    },
    KEY_DISABLED: {
      happened: 'La clé est la bonne, mais elle est désactivée.',
      why: 'Quelqu’un l’a désactivée, ou son propriétaire a quitté l’espace de travail.',
      fix: 'Demandez sa réactivation par `keys.update { enabled: true }`, ou créez votre propre clé. Pour un programme qui doit continuer de fonctionner après votre départ, utilisez une clé de service : voir [Équipes](teams.md).',
    },

    TOKEN_MISSING: {
      happened: 'L’appel exige un jeton d’utilisateur, et la requête n’en contient pas.',
      why: 'La procédure est destinée à une personne, ou à une clé au nom d’une personne. Ou bien `auth.refresh` a été appelé sans jeton d’actualisation.',
      fix: 'Avec une clé, envoyez le jeton d’accès dans `x-user-token`. Une personne l’envoie dans `authorization: Bearer`. Signez-le avec la requête : c’est la ligne 9 de la base de signature.',
    },
    TOKEN_INVALID: {
      happened: 'Le service n’a pas accepté le jeton.',
      why: 'Un autre service l’a émis, il appartient à une autre session que celle qui signe, ou le jeton d’actualisation est inconnu. Le jeton d’un fournisseur d’identité est destiné à une autre audience ou à un autre client que ceux de son entrée, ou c’est un jeton d’identité.',
      fix: 'Envoyez, sans le modifier, l’`accessToken` de la session dont le secret signe. Si vous ne l’avez plus, reconnectez-vous. Pour le jeton d’un fournisseur d’identité, le journal du service dit au niveau `debug` ce qui ne va pas : [Votre fournisseur d’identité](identity-provider.md#si-un-jeton-est-refusé).',
    },
    TOKEN_EXPIRED: {
      happened: 'Le jeton d’accès est le bon, mais il a expiré.',
      why: 'Un jeton d’accès est valable dix minutes.',
      fix: 'Appelez `auth.refresh`, signez de nouveau l’appel et renvoyez-le. [Le client](client.md) le fait de lui-même.',
    },
    SESSION_ENDED: {
      happened: 'La session a pris fin.',
      why: 'La personne s’est déconnectée, la session est restée 30 jours sans usage ou a 90 jours, un jeton d’actualisation a été utilisé deux fois, une autre session y a mis fin, le mot de passe a changé, ou le compte a été désactivé ; ou la personne s’est déconnectée chez le [fournisseur d’identité](identity-provider.md).',
      fix: 'Reconnectez-vous. Si un jeton d’actualisation a été utilisé deux fois et que ce n’était pas vous, quelqu’un d’autre l’a : changez le mot de passe.',
    },

    SIGNATURE_MISSING: {
      happened: 'La requête n’est pas signée par la clé ou la session que présente `authorization`.',
      why: 'Elle n’a ni en-tête `x-signature`, ni signature RFC 9421 dont le `keyid` soit l’identifiant de la clé ou de la session (la troisième partie d’une clé d’API, et non la clé entière). Toutes les procédures exigent une signature, sauf les publiques : une clé qui fuit est donc inutilisable sans son secret de signature.',
      fix: 'Signez la requête : [Signer une requête](sign-a-request.md) explique comment, et [à la main](sign-by-hand.md) montre chaque ligne ; [une bibliothèque standard](standard-signatures.md) signe aussi. [Le client](client.md) signe de lui-même.',
    },
    SIGNATURE_MALFORMED: {
      happened: 'Le service ne peut pas lire la signature.',
      why: '`x-signature` n’a pas le format `v1,k=…,t=…,n=…,s=…`, dans cet ordre et sans espaces ; une partie n’est pas valide (`t` compte dix chiffres, `n` 22 à 64 caractères parmi `A-Z a-z 0-9 _ -`, `s` 64 chiffres hexadécimaux en minuscules) ; ou `t` a plus de dix minutes d’avance. Pour une signature RFC 9421, `issues` indique la règle enfreinte.',
      fix: 'Cherchez une partie vide, des millisecondes dans `t`, du base64 avec `+`, `/` ou `=` dans `n`, des majuscules dans `s`. Pour la RFC 9421, [Signer avec une bibliothèque standard](standard-signatures.md) décrit les paramètres.',
    },
    SIGNATURE_INVALID: {
      happened: 'La requête signée n’est pas celle qui est arrivée.',
      why: 'Une ligne de la base de signature diffère, le secret de signature n’est pas celui de cette clé d’API, ou `k` n’est pas l’identifiant de la clé. Avec la RFC 9421, il se peut aussi que la signature ne couvre pas toute la requête, que `alg` ne soit pas l’algorithme de la clé, ou que `content-digest` ne soit pas celui du corps. Une ligne diffère si la bibliothèque HTTP, après la signature, ou un proxy en chemin a réécrit l’hôte, le chemin, le type de contenu ou le corps. Les proxys le font de manières que d’autres requêtes supportent : ils décodent ou encodent le chemin, fusionnent des barres obliques, trient ou retirent des paramètres, enlèvent un préfixe, ajoutent `charset` au type de contenu ou compressent.',
      fix: 'Si `missing` est présent, couvrez les composants qu’il énumère. Si `issues` est présent, un en-tête contredit la clé ou le corps : il dit lequel, et en quoi. Hors production, comparez `debug.base` à vos lignes ; [le client](client.md) le fait dans son message d’erreur. Si toutes les lignes sont identiques, le secret de signature est faux. Si seuls les appels qui passent par un proxy sont refusés, faites-lui transmettre la ligne de requête et ces en-têtes tels quels. [Signer une requête à la main](sign-by-hand.md) donne des valeurs pour tester votre code.',
    },
    SIGNATURE_EXPIRED: {
      happened:
        'La signature est correcte, mais son heure (`t`, ou `created` et `expires` de la RFC 9421) n’est pas l’heure actuelle.',
      why: 'La signature date de plus de 300 secondes, a plus de 60 secondes d’avance, ou `expires` est passé : une horloge est fausse, ou la requête a attendu avant d’être envoyée. Pendant quelques secondes après un plantage, le service donne aussi cette réponse.',
      fix: 'Vérifiez la preuve de `clock` (`mac` ; pour une clé à clé publique, `signature`), utilisez son `now` et signez de nouveau, une seule fois : voir [Signer une requête](sign-a-request.md). Si la signature était dans sa fenêtre lors de l’envoi, et que la requête est arrivée tard ou deux fois, une copie antérieure a pu être acceptée : vérifiez ce qu’elle a fait avant de répéter un appel qui modifie quelque chose. [Le client](client.md) fait tout cela de lui-même. Puis réglez l’horloge.',
    },
    SIGNATURE_REPLAYED: {
      happened: 'Le service a déjà accepté cette signature.',
      why: 'Chaque signature n’est acceptée qu’une fois. La requête a été envoyée deux fois : par une nouvelle tentative d’une bibliothèque HTTP ou d’un proxy, avec un nonce déjà utilisé, ou par quelqu’un qui l’a capturée.',
      fix: 'Signez chaque requête de nouveau, avec un nouveau nonce, y compris à chaque nouvelle tentative. La première des deux requêtes a été acceptée : avant de rappeler, vérifiez ce qu’elle a fait, ou envoyez une `idempotencyKey` si la procédure en accepte un.',
    },
    CREDENTIALS_INVALID: {
      happened: 'L’adresse e-mail ou le mot de passe est incorrect.',
      why: 'Le service ne dit pas lequel des deux. Si vous modifiiez un compte, c’est le mot de passe actuel qui est incorrect. Après le mot de passe, c’est le code du second facteur qui est faux ou a déjà servi. Ou bien la clé d’accès n’est pas acceptée : elle a été supprimée ou désactivée, sa réponse est fausse, ou le compte est désactivé.',
      fix: 'Réessayez, ou demandez à un administrateur de l’espace de travail un lien pour choisir un nouveau mot de passe.',
    },
    UNAUTHORIZED: {
      happened: 'La procédure n’accepte pas la preuve de l’appelant.',
      why: 'Keyseal a admis l’appelant, mais une procédure propre à ce service exige davantage : une autre preuve, ou un compte ailleurs. Le message dit laquelle.',
      fix: 'Faites ce que dit le message. Une autre clé d’API ou une nouvelle session n’y change rien à elle seule.',
    },
    PAYMENT_REQUIRED: {
      happened: 'La procédure exige un paiement.',
      why: 'C’est une procédure propre à ce service qui l’exige, par exemple parce que l’abonnement ne comprend pas l’appel. Les crédits de la clé n’y sont pour rien.',
      fix: 'Faites ce que dit le message, ou demandez à l’exploitant du service.',
    },

    PERMISSION_DENIED: {
      happened: 'Le service connaît l’appelant, mais celui-ci n’a pas le droit de faire cela.',
      why: '`missing` indique la permission qui manque à la clé, au rôle de son propriétaire ou au rôle de la personne.',
      fix: 'Demandez à un administrateur une clé, ou un rôle, avec cette permission.',
    },
    IP_DENIED: {
      happened: 'La clé ne peut pas être utilisée depuis l’adresse IP de cet appel.',
      why: 'La clé a des `allowedAddresses`, et cette adresse IP n’en fait pas partie. Avec `verify`, il se peut aussi que le service n’ait pas envoyé d’`address`.',
      fix: 'Appelez depuis une adresse IP autorisée, ou faites ajouter celle-ci. Un service qui appelle `verify` doit envoyer l’adresse IP de l’appelant, pas celle de son proxy.',
    },
    ENVIRONMENT_DENIED: {
      happened: 'La clé n’appartient pas à l’environnement requis.',
      why: 'Une clé de test a visé un objet de l’environnement de production (`live` : une clé, ou un propriétaire externe qui n’est pas le sien), ou la procédure n’accepte que les clés de l’autre environnement.',
      fix: 'Utilisez une clé de cet environnement.',
    },
    WORKSPACE_DENIED: {
      happened: 'La personne n’est pas membre de l’espace de travail.',
      why: 'Elle l’a quitté ou en a été retirée, ou il a été supprimé. Ou bien la clé qui appelle en son nom appartient à un espace de travail dont elle n’est pas membre.',
      fix: 'Une session qui agissait dans cet espace peut encore lister, créer et choisir des espaces de travail : voir [Équipes](teams.md). Choisissez-en un autre, ou demandez une invitation.',
    },
    SIGN_IN_RULE: {
      happened:
        'La personne est membre de l’espace de travail, mais la règle de celui-ci exige une autre connexion.',
      why: 'Un propriétaire de l’espace a fixé comment ses membres doivent se connecter, et cette session a commencé autrement. `missing` dit ce qui lui manque : `secondFactor` (un code, ou une connexion avec un fournisseur d’identité qui a demandé un second facteur), ou `issuer:` suivi du nom du fournisseur d’identité avec lequel se connecter. Avec `workspaces.update`, c’est votre propre session qui ne suivrait pas la nouvelle règle.',
      fix: 'Pour `secondFactor`, configurez un second facteur dans votre profil, ou déconnectez-vous et reconnectez-vous avec un code. Pour un fournisseur d’identité, connectez-vous avec lui. En attendant, la session peut gérer son compte, choisir un autre espace et quitter celui-ci : voir [Équipes](teams.md#règles-de-connexion). Si plus personne ne peut suivre la règle, l’exploitant du service la retire avec `keyseal workspaces clear-sign-in-rule`.',
    },
    ESCALATION_DENIED: {
      happened: 'L’appel accorderait plus de droits que n’en a l’appelant.',
      why: 'Un appelant ne peut pas accorder un droit qu’il n’a pas, et une clé ne peut pas assouplir ses propres restrictions. `missing` indique le droit : une permission ; `expiresAt`, `allowedAddresses`, `externalId` ou `authorities`, si la clé appelante est plus restreinte que ne le serait l’autre ; `limits` ou `credits`, si une clé a voulu modifier les siens, ou si elle a des crédits et a voulu modifier une autre clé ; `service`, si une clé personnelle a voulu modifier une clé de service ; `ownerId`, si les secrets appartiennent à une autre personne, seule à pouvoir les recevoir, les prolonger ou les élargir ; ou un rôle supérieur à celui de l’appelant.',
      fix: 'Demandez moins de droits, ou laissez une personne qui les a faire l’appel.',
    },
    STEP_UP_REQUIRED: {
      happened:
        'L’appelant a le droit de faire ce changement, mais il doit d’abord prouver à nouveau son identité.',
      why: 'La dernière preuve de la session date de plus de dix minutes. Une connexion est une telle preuve, un renouvellement n’en est pas une. Ces changements en exigent une : créer une clé de production (`live`), en renouveler les secrets, ou lui permettre davantage ; changer les membres d’un espace de travail et leurs rôles ; créer un lien pour choisir un mot de passe ; supprimer un espace de travail, ou changer sa règle de connexion. Une session volée ne suffit donc pas. Les appels des clés n’en exigent pas.',
      fix: 'Appelez `auth.stepUp` avec le mot de passe et, si le compte a un second facteur, un code, puis refaites l’appel. Un compte sans mot de passe se reconnecte : `auth.startSignIn` avec `fresh: true`. La console le demande d’elle-même. Un programme devrait utiliser une clé, pas une session.',
    },
    INVITATION_INVALID: {
      happened: 'Le service n’a pas accepté l’invitation.',
      why: 'L’invitation est inconnue, déjà utilisée, retirée, vieille de plus de sept jours ou destinée à une autre adresse e-mail, ou son auteur n’a plus le droit d’inviter.',
      fix: 'Connectez-vous avec l’adresse e-mail invitée, ou demandez une nouvelle invitation.',
    },
    RESET_INVALID: {
      happened: 'Le service n’a pas accepté le lien pour choisir un mot de passe.',
      why: 'Le lien est inconnu, déjà utilisé, remplacé ou vieux de plus d’un jour, ou son auteur n’a plus le droit d’en créer.',
      fix: 'Demandez un nouveau lien.',
    },
    SIGN_IN_INVALID: {
      happened:
        'Le service n’a pas accepté la réponse du fournisseur d’identité, ou le défi d’un second facteur ou d’une clé d’accès.',
      why: 'Le fournisseur a refusé la connexion, ou la personne l’a annulée. Ou bien la connexion a duré plus de dix minutes, était déjà terminée, ou a commencé dans un autre navigateur. Ou encore la réponse ne correspond pas à cette connexion : son état (`state`), son émetteur ou son jeton d’identité est faux. Ou bien le code d’un second facteur est arrivé plus de cinq minutes après le mot de passe, depuis un autre navigateur, ou après un changement du compte. Ou encore la réponse d’une clé d’accès est arrivée plus de cinq minutes après son défi, depuis un autre navigateur ou une autre session, ou une seconde fois.',
      fix: 'Recommencez la connexion dans ce navigateur. Si elle échoue encore, le journal du service en indique la cause sous l’identifiant de la requête.',
    },
    EXCHANGE_DENIED: {
      happened: 'Le service n’a pas échangé le jeton d’une charge de travail contre une clé d’API.',
      why: 'Le jeton ne vient d’aucun émetteur avec `workload: true`, ou bien il a expiré, a déjà servi, est destiné à plusieurs audiences, ou sa signature est fausse. Ou bien aucune règle d’échange ne lui correspond : son `aud`, son `sub` ou un autre claim n’est pas celui de la règle, l’appel vient d’une adresse IP que la règle n’autorise pas, ou la règle est désactivée ou supprimée. Ou encore plusieurs règles lui correspondent. La réponse ne le précise pas, car n’importe qui peut la demander.',
      fix: 'Comparez les claims du jeton à la règle. Le journal d’audit de l’espace de travail contient `exchange.refused` avec la cause, et le journal du service la contient sous l’identifiant de la requête. Si plusieurs règles correspondent, désignez-en une avec `rule`. Demandez un nouveau jeton pour chaque échange. Voir [Identité des charges de travail](workload-identity.md).',
    },
    ACCESS_DENIED: {
      happened: 'L’appel n’accepte pas le type de preuve envoyé.',
      why: 'La procédure est destinée à une clé et une personne a appelé, ou elle est destinée à une personne avec sa session et une clé a appelé (avec ou sans jeton d’utilisateur). Ou bien l’inscription est fermée, le jeton d’installation est faux, ou une page d’une autre origine a utilisé un cookie. Ou bien les clés d’accès ne fonctionnent pas sur cette page : son origine n’est pas connue ici, ou son hôte est une adresse IP au lieu d’un nom. Ou encore une personne s’est connectée avec un fournisseur d’identité, mais son compte est désactivé, ou elle ne peut pas en avoir : l’inscription est fermée et aucune règle `join` ne correspond, ou le fournisseur n’a pas vérifié l’adresse e-mail.',
      fix: '[Procédures](procedures.md) indique les appelants que chacune accepte. Si l’inscription est fermée, demandez une invitation. [Fournisseurs d’identité](identity-provider.md) décrit les règles `join`.',
    },
    FORBIDDEN: {
      happened: 'La procédure n’autorise pas l’appelant à faire cela.',
      why: 'La clé ou le rôle a la permission que la garde exige ; la procédure elle-même refuse, selon l’objet de l’appel.',
      fix: 'Faites ce que dit le message, ou demandez à l’exploitant du service. Une autre permission n’y change rien à elle seule.',
    },

    PROCEDURE_NOT_FOUND: {
      happened: 'Aucune procédure ne porte ce nom.',
      why: 'Le nom est mal écrit ou appartient à une autre version, ou le chemin ne commence pas par `/api/`.',
      fix: '[Procédures](procedures.md) liste tous les noms. Les majuscules et les minuscules comptent.',
    },
    KEY_NOT_FOUND: {
      happened: 'Aucune clé de l’espace de travail n’a cet identifiant.',
      why: 'La clé appartient à un autre espace ou a été supprimée, ou l’identifiant est incomplet.',
      fix: 'Voir `keys.list`. L’identifiant est la troisième partie d’une clé d’API.',
    },
    MEMBER_NOT_FOUND: {
      happened: 'Aucun membre de l’espace de travail n’a cet identifiant.',
      why: 'La personne a quitté l’espace, ou l’identifiant désigne autre chose.',
      fix: 'Voir `members.list`.',
    },
    INVITATION_NOT_FOUND: {
      happened: 'Aucune invitation en attente n’a cet identifiant.',
      why: 'L’invitation a été acceptée, retirée ou remplacée, ou elle est trop ancienne.',
      fix: 'Voir `invitations.list`.',
    },
    WORKSPACE_NOT_FOUND: {
      happened: 'Vous n’êtes membre d’aucun espace de travail ayant cet identifiant.',
      why: 'L’espace a été supprimé, vous l’avez quitté, ou vous n’en avez jamais été membre.',
      fix: 'Voir `workspaces.list`.',
    },
    SESSION_NOT_FOUND: {
      happened: 'Aucune de vos sessions n’a cet identifiant.',
      why: 'La session a déjà pris fin, ou elle appartient à quelqu’un d’autre.',
      fix: 'Voir `sessions.list`.',
    },
    OWNER_NOT_FOUND: {
      happened: 'Aucun propriétaire externe de l’espace de travail n’a cet `externalId`.',
      why: 'Personne ne l’a encore créé, ou l’identifiant s’écrit autrement.',
      fix: 'Créez-le par `owners.update`, ou créez une clé avec cet `externalId`.',
    },
    NOT_FOUND: {
      happened: 'La procédure existe, mais pas ce sur quoi porte l’appel.',
      why: 'Une procédure propre à ce service a cherché ce que désigne l’entrée et ne l’a pas trouvé, ou ne le montre pas à cet appelant.',
      fix: 'Vérifiez les identifiants de l’entrée.',
    },

    METHOD_NOT_SUPPORTED: {
      happened: 'La procédure existe, mais n’accepte pas cette méthode HTTP.',
      why: 'Les lectures et les abonnements utilisent `GET`, les écritures `POST`. Rien sous `/api` n’accepte `HEAD` ni une autre méthode.',
      fix: 'Utilisez la méthode indiquée dans [Procédures](procedures.md). C’est la ligne 5 de la base de signature.',
    },
    REQUEST_TIMEOUT: {
      happened: 'La requête a mis trop de temps à arriver.',
      why: 'Les en-têtes n’étaient pas complets après 10 secondes, ou le corps est arrivé à moins de 8 Kio par seconde sur 10 secondes (16 Kio tant qu’aucune clé ni session n’est prouvée). L’exploitant peut régler un autre débit ; `issues` indique celui qui s’applique.',
      fix: 'Signez-la de nouveau et renvoyez-la par une connexion plus rapide, ou avec un corps plus petit.',
    },
    TIMEOUT: {
      happened: 'La procédure a renoncé, parce qu’elle durait trop longtemps.',
      why: 'Ce que la procédure de ce service attendait n’est pas venu à temps. La requête elle-même est arrivée entière.',
      fix: 'Vérifiez ce que l’appel a fait avant de le répéter, ou envoyez une `idempotencyKey` si la procédure en accepte un.',
    },
    CONFLICT: {
      happened: 'L’appel est en conflit avec l’état actuel.',
      why: 'Par exemple : l’adresse e-mail est déjà prise, la clé est révoquée ou doit l’être d’abord, la personne est le dernier propriétaire de l’espace de travail ou en est déjà membre, le nom n’est pas celui de l’espace, ou un nombre maximal est atteint.',
      fix: 'Vérifiez l’état actuel et modifiez l’appel. Le même appel recevra la même réponse.',
    },
    IDEMPOTENCY_MISMATCH: {
      happened: 'La clé d’idempotence a déjà servi avec une autre entrée.',
      why: 'Pendant un jour, une `idempotencyKey` identifie un seul appel, avec une seule entrée.',
      fix: 'Pour un autre appel, utilisez une nouvelle clé. Pour répéter un appel, envoyez exactement la même entrée.',
    },
    PRECONDITION_FAILED: {
      happened: 'Une condition dont dépend l’appel n’est pas remplie.',
      why: 'Une procédure propre à ce service la vérifie, par exemple une version que quelqu’un d’autre a modifiée entre-temps.',
      fix: 'Lisez l’état actuel, et faites l’appel pour celui-ci.',
    },
    BODY_TOO_LARGE: {
      happened: 'Le corps de la requête dépasse la limite, ou l’ensemble des résultats d’un lot la dépasse.',
      why: 'La limite est de 1 Mio, sauf autre réglage de l’exploitant, et de 16 Kio pour les procédures publiques et `auth.refresh`. Un formulaire a au plus 100 parties, dont les en-têtes font ensemble au plus 32 Kio. Les résultats d’un lot de lectures font au plus 4 Mio ensemble ; les appels au-delà sont refusés.',
      fix: 'Envoyez moins de données par requête, ou refaites les appels refusés d’un lot dans d’autres requêtes ; le client TypeScript le fait de lui-même. Pour la seule limite de 1 Mio, l’exploitant peut relever `KEYSEAL_MAX_BODY_BYTES`.',
    },
    MEDIA_TYPE_NOT_SUPPORTED: {
      happened: 'La procédure n’accepte pas un corps de ce type.',
      why: 'La procédure ne prend pas en charge ce type de contenu (les procédures acceptent du JSON, sauf celles qui acceptent des formulaires ou des octets), ou la requête porte un `content-encoding` autre que `identity`.',
      fix: 'Envoyez `content-type: application/json`, sans compresser le corps. Le type de contenu est la ligne 8 de la base de signature.',
    },
    AUTHORITY_UNKNOWN: {
      happened: 'L’hôte de la requête n’est pas un hôte de ce service.',
      why: 'L’en-tête `host` n’est pas une des origines publiques : `issues` indique l’hôte qui est arrivé. Souvent, un proxy l’a remplacé par le sien, comme le fait nginx sans autre réglage. Avec `verify` : l’`authority` ne figure pas dans les `authorities` de la clé qui vérifie.',
      fix: 'Si les appelants utilisent vraiment l’hôte qui est arrivé, l’exploitant doit ajouter son origine à `KEYSEAL_PUBLIC_ORIGINS`. S’ils en utilisent un autre, le proxy doit transmettre le leur : dans `host` (nginx : `proxy_set_header Host $http_host`), ou dans un seul `x-forwarded-host`, avec l’adresse IP du proxy dans `KEYSEAL_TRUSTED_PROXIES`. Pour `verify`, une personne doit ajouter l’autorité par `keys.update`, écrite comme elle est signée.',
    },
    UNPROCESSABLE_CONTENT: {
      happened: 'La procédure comprend l’entrée, mais ne peut pas l’exécuter.',
      why: 'L’entrée est bien formée ; une procédure propre à ce service refuse ce qu’elle dit.',
      fix: 'Faites ce que dit le message. La même entrée reçoit la même réponse.',
    },
    PRECONDITION_REQUIRED: {
      happened: 'La procédure exige une condition que l’appel n’a pas.',
      why: 'Une procédure propre à ce service l’exige, par exemple la version que l’appelant a lue, pour que personne n’écrase ce qu’il n’a pas vu.',
      fix: 'Ajoutez la condition qu’indique le message.',
    },
    RATE_LIMITED: {
      happened: 'Une limite de débit est atteinte. L’appel n’a pas été compté et n’a rien coûté.',
      why: 'La limite est celle de la clé, de son propriétaire externe, du service, ou de la session et de son utilisateur. `limit` et `resetAt` décrivent la limite qui reste atteinte le plus longtemps. Pour `keys.tail` : l’espace de travail a autant de flux ouverts que le permet `limit`. Pour une page comme `/openapi.json` : votre adresse IP l’a demandée trop souvent.',
      fix: 'Attendez `retryAfter` secondes. Un appel est alors de nouveau possible, sauf si d’autres l’ont devancé. Voir [Limites et crédits](limits-and-credits.md).',
    },
    CREDITS_EXHAUSTED: {
      happened: 'Il n’y a pas assez de crédits pour l’appel. Il n’a rien coûté.',
      why: 'L’appel coûte plus que les crédits qui restent à la clé ou à son propriétaire externe (`remaining` est le plus petit des deux).',
      fix: 'Attendez la recharge à `resetAt`, s’il y en a une, ou demandez des crédits par `keys.update` ou `owners.update`. Voir [Limites et crédits](limits-and-credits.md).',
    },
    TOO_MANY_FAILURES: {
      happened: 'Il y a eu trop de tentatives échouées.',
      why: 'Les tentatives venaient de cette adresse IP ou de son réseau, ou visaient ce compte. Plusieurs personnes peuvent partager une adresse IP.',
      fix: 'Attendez `retryAfter` secondes, et corrigez la clé ou le mot de passe. Une signature correcte n’est jamais refusée pour cela ; un bon mot de passe peut devoir attendre. Une clé créée par une version antérieure peut aussi devoir attendre lors de sa première recherche : faites-en la rotation.',
    },
    HEADERS_TOO_LARGE: {
      happened: 'Les en-têtes sont trop volumineux.',
      why: 'Un en-tête dépasse 8 Kio, il y en a plus de cent, ou tous ensemble dépassent 32 Kio.',
      fix: 'Envoyez moins d’en-têtes. La cause est souvent des cookies dont ce service n’a pas besoin.',
    },
    CLIENT_CLOSED_REQUEST: {
      happened: 'La procédure a remarqué que l’appelant était parti, et s’est arrêtée.',
      why: 'La connexion a été fermée avant que la réponse soit prête. Ce motif se trouve donc surtout dans le journal et les décomptes d’utilisation du service.',
      fix: 'Si votre code n’a pas fermé la connexion, cherchez un proxy ou un délai qui l’a fait.',
    },

    INTERNAL: {
      happened: 'Une erreur interne s’est produite dans le service.',
      why: 'L’erreur vient du service, pas de l’appel. Son journal en donne la cause sous `requestId`.',
      fix: 'Transmettez le `requestId` à l’exploitant. Le service a rendu les crédits que l’appel avait coûtés.',
    },
    NOT_IMPLEMENTED: {
      happened: 'La procédure ne sait pas faire ce que demande l’appel.',
      why: 'Une procédure propre à ce service le dit elle-même.',
      fix: 'Demandez à l’exploitant du service si une version ultérieure le permettra.',
    },
    BAD_GATEWAY: {
      happened: 'Un autre service, dont la procédure a besoin, n’a pas donné de réponse correcte.',
      why: 'Le service lui-même fonctionne, comme ses clés et ses signatures. Son journal en donne la cause sous `requestId`.',
      fix: 'Réessayez plus tard. Une écriture a pu être exécutée en partie : vérifiez ce qu’elle a fait, ou envoyez une `idempotencyKey` si la procédure en accepte un.',
    },
    UNAVAILABLE: {
      happened:
        'Le service ne peut pas répondre maintenant. Il refuse les appels qu’il ne peut pas vérifier.',
      why: 'Il démarre, ne peut pas joindre sa base de données, ou a trop de travail.',
      fix: 'Signez de nouveau l’appel et réessayez, après `retryAfter` secondes si cette valeur est présente. Une écriture a pu être exécutée : vérifiez ce qu’elle a fait, ou envoyez une `idempotencyKey` si la procédure en accepte un.',
    },
    GATEWAY_TIMEOUT: {
      happened: 'Un autre service, dont la procédure a besoin, n’a pas répondu à temps.',
      why: 'Le service lui-même fonctionne, comme ses clés et ses signatures. Son journal en donne la cause sous `requestId`.',
      fix: 'Réessayez plus tard. Une écriture a pu être exécutée en partie : vérifiez ce qu’elle a fait, ou envoyez une `idempotencyKey` si la procédure en accepte un.',
    },
  },
};
