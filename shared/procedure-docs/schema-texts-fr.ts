/**
 * The French text of each description in the schemas of the built-in procedures, by the English one. A test fails if one is missing.
 */
export const SCHEMA_TEXTS_FR: Readonly<Record<string, string>> = {
  '`id` is null for `system`: the command line, and the service itself.':
    '`id` vaut null pour `system` : la ligne de commande, et le service lui-même.',
  'ISO 8601, UTC: at or after this time.': 'ISO 8601, UTC : à partir de ce moment, inclus.',
  'Before this time.': 'Avant ce moment, exclu.',
  '`nextCursor` of the previous call.': '`nextCursor` de l’appel précédent.',
  '`nextCursor` of the previous page.': '`nextCursor` de la page précédente.',
  'The number of the record at which the first problem is.':
    'Le numéro de l’enregistrement où se trouve le premier problème.',
  'True on a page of a public origin: the flow goes into a cookie instead of the response.':
    'True sur une page d’une origine publique : le flux de connexion est placé dans un cookie, et non dans la réponse.',
  'The `name` of the issuer in `KEYSEAL_ISSUERS`.': 'Le `name` de l’émetteur dans `KEYSEAL_ISSUERS`.',
  'A path of the console, or the page of a frontend that finishes the sign-in itself.':
    'Un chemin de la console, ou la page de votre propre application, qui termine elle-même la connexion.',
  'True makes the provider ask for a proof again, even if the person is signed in there.':
    'Avec true, le fournisseur redemande une preuve, même si la personne y est déjà connectée.',
  'The page of the provider: send the browser there.': 'La page du fournisseur : envoyez-y le navigateur.',
  'Keep it in this browser until the provider sends it back. Null if it is in a cookie.':
    'À garder dans ce navigateur jusqu’à ce que le fournisseur l’y renvoie. Null s’il est dans un cookie.',
  'The whole URL to which the provider sent the browser back.':
    'L’URL entière vers laquelle le fournisseur a renvoyé le navigateur.',
  'As the first step returned it, unless it is in a cookie.':
    'Tel que la première étape l’a renvoyé, sauf s’il est dans un cookie.',
  'The claim `iss`.': 'Le claim `iss`.',
  'The name of the issuer; null if it is no longer configured.':
    'Le nom de l’émetteur ; null s’il n’est plus configuré.',
  'The issuers with which people sign in.': 'Les émetteurs avec lesquels on peut se connecter.',
  'For `PublicKeyCredential.parseRequestOptionsFromJSON` and `navigator.credentials.get`.':
    'Pour `PublicKeyCredential.parseRequestOptionsFromJSON` et `navigator.credentials.get`.',
  'For `PublicKeyCredential.parseCreationOptionsFromJSON` and `navigator.credentials.create`.':
    'Pour `PublicKeyCredential.parseCreationOptionsFromJSON` et `navigator.credentials.create`.',
  'True on a page of a public origin: the challenge is then valid in this browser only.':
    'True sur une page d’une origine publique : le défi n’est alors valable que dans ce navigateur.',
  'For `auth.signInWithPasskey`, within five minutes.':
    'Pour `auth.signInWithPasskey`, dans les cinq minutes.',
  'From `auth.startPasskeySignIn`.': 'Renvoyé par `auth.startPasskeySignIn`.',
  'What `toJSON()` of the browser’s response returns.':
    'Ce que renvoie `toJSON()` de la réponse du navigateur.',
  'For `passkeys.register`, within five minutes.': 'Pour `passkeys.register`, dans les cinq minutes.',
  'From `passkeys.startRegistration`.': 'Renvoyé par `passkeys.startRegistration`.',
  'Whether it is backed up, for example by a password manager, so that it survives the loss of the device.':
    'Si elle est sauvegardée, par exemple par un gestionnaire de mots de passe, et survit donc à la perte de l’appareil.',
  'When a sign-in showed that a copy of it may exist; since then it has not been accepted.':
    'Quand une connexion a montré qu’il en existe peut-être une copie ; elle n’est plus acceptée depuis.',
  'The token of an invitation to this e-mail address.': 'Le jeton d’une invitation à cette adresse e-mail.',
  'True in a browser: the refresh token goes into a cookie instead of the response.':
    'True dans un navigateur : le jeton d’actualisation est placé dans un cookie, et non dans la réponse.',
  'Where the browser returns from an identity provider: a path of the console, or a page of a frontend.':
    'Où le navigateur revient d’un fournisseur d’identité : un chemin de la console, ou une page de votre propre application.',
  'The page of the provider that ends the session there: send the browser to it.':
    'La page du fournisseur qui y met fin à la session : envoyez-y le navigateur.',
  'The provider repeats it in the parameter `state` when the browser returns.':
    'Le fournisseur le répète dans le paramètre `state` au retour du navigateur.',
  'Null if there is no session to end at a provider.': 'Null si aucun fournisseur n’a de session à terminer.',
  'Shown only here.': 'N’est montré qu’ici.',
  'Null if it is in a cookie.': 'Null s’il est dans un cookie.',
  'For `auth.signInWithCode`, within five minutes.': 'Pour `auth.signInWithCode`, dans les cinq minutes.',
  'From `auth.signIn`.': 'Renvoyé par `auth.signIn`.',
  'A code from the authenticator app, or a recovery code.':
    'Un code de l’application d’authentification, ou un code de secours.',
  'A code from the authenticator app, or a recovery code; required with a second factor.':
    'Un code de l’application d’authentification, ou un code de secours ; obligatoire avec un second facteur.',
  'Null if sign-ins require only the password.': 'Null si le mot de passe suffit pour se connecter.',
  'In base 32, for an app that cannot read the URI.':
    'En base 32, pour une application qui ne lit pas l’URI.',
  'The `otpauth:` URI, usually shown as a QR code.':
    'L’URI `otpauth:`, en général montrée sous forme de QR code.',
  'Each works once. Shown only here.': 'Chacun ne sert qu’une fois. Ils ne sont montrés qu’ici.',
  'A JWT of a trusted issuer, for the audience of a rule.':
    'Un JWT d’un émetteur de confiance, destiné à l’audience d’une règle.',
  'The id of a rule; needed if several rules match the token.':
    'L’identifiant d’une règle ; nécessaire si plusieurs correspondent au jeton.',
  'A random secret for this exchange. The same token with the same idempotency key gets another key, which replaces the first: the first is revoked. If the first has a public key, the second call needs the same `publicKey`, and may have the same `proof`.':
    'Un secret aléatoire pour cet échange. Le même jeton avec la même clé d’idempotence obtient une autre clé, qui remplace la première : celle-ci est révoquée. Si la première a une clé publique, le second appel doit avoir la même `publicKey`, et peut avoir la même `proof`.',
  'The claim `aud`. For each issuer, an audience belongs to one workspace; an audience that ends with the id of a workspace belongs to that workspace.':
    'Le claim `aud`. Pour chaque émetteur, une audience appartient à un seul espace de travail ; une audience qui se termine par l’identifiant d’un espace de travail lui appartient.',
  'The claim `sub`. `*` stands for exactly one segment; `:` and `/` separate segments.':
    'Le claim `sub`. `*` remplace exactement un segment ; `:` et `/` séparent les segments.',
  'Further claims, each with the value that it must have.':
    'D’autres claims, chacun avec la valeur qu’il doit avoir.',
  'How long a key is valid after the exchange, in seconds.':
    'La durée de validité d’une clé après l’échange, en secondes.',
  'Keys of the rule that are valid now.': 'Les clés de la règle qui sont valables en ce moment.',
  'The `name` of an issuer with `workload: true`.': 'Le `name` d’un émetteur qui a `workload: true`.',
  'The issuers whose workloads may get keys.':
    'Les émetteurs dont les charges de travail peuvent obtenir des clés.',
  'An input that changes nothing is refused.': 'Une entrée qui ne change rien est refusée.',
  'A rule that changes nothing is refused.': 'Une règle qui ne change rien est refusée.',
  'Null stops counting credits.': 'Null met fin au décompte des crédits.',
  'The IP addresses that may use the key; any IP address if the list is empty.':
    'Les adresses IP qui peuvent utiliser la clé ; toutes si la liste est vide.',
  'The authorities whose requests the key may pass to `verify`.':
    'Les autorités (hôte et port) dont la clé peut transmettre les requêtes à `verify`.',
  'The same call with the same idempotency key, within 24 hours, is carried out once.':
    'Le même appel avec la même clé d’idempotence, dans les 24 heures, n’est exécuté qu’une fois.',
  'The secrets from before the last rotation, while they are still valid.':
    'Les secrets d’avant la dernière rotation, tant qu’ils sont valables.',
  'ISO 8601, UTC, in the future.': 'ISO 8601, UTC, dans le futur.',
  'Without credits, the calls of the key cost nothing.':
    'Sans crédits, les appels de la clé ne coûtent rien.',
  'Your id for the customer who gets the key: keys with the same `externalId` share limits and credits.':
    'Votre identifiant pour le client qui reçoit la clé : les clés de même `externalId` partagent limites et crédits.',
  'The name that the workspace gives to the customer who gets the key.':
    'Le nom que l’espace de travail donne au client qui reçoit la clé.',
  'Whether the key belongs to the workspace and not to a user.':
    'Si la clé appartient à l’espace de travail et non à une personne.',
  'Shown here and never again: null if an earlier call used the same idempotency key.':
    'N’est montré qu’ici : null si un appel précédent avait la même clé d’idempotence.',
  'Shown here and never again: null if an earlier call used the same idempotency key. Also null for a key with a public key.':
    'N’est montré qu’ici : null si un appel précédent avait la même clé d’idempotence. Null aussi pour une clé qui a une clé publique.',
  'Part of a name, in any case, or the beginning of an id.':
    'Une partie d’un nom, sans tenir compte des majuscules, ou le début d’un identifiant.',
  '`newest` by default; `lastUsed` begins with the most recently used and ends with keys that were never used.':
    '`newest` par défaut ; `lastUsed` commence par les dernières utilisées et finit par celles qui ne l’ont jamais été.',
  'Null for no expiry.': 'Null : pas d’échéance.',
  'How long the current secrets remain valid, in seconds; 0 ends them now.':
    'Combien de temps les secrets actuels restent valables, en secondes ; 0 y met fin aussitôt.',
  'A limit that the keys of an external owner share has `owner.` before its name.':
    'Une limite que les clés d’un propriétaire externe partagent porte `owner.` devant son nom.',
  'How many calls are left now.': 'Combien d’appels restent en ce moment.',
  'When the oldest counted call stops counting; now if no call counts.':
    'Quand le plus ancien appel compté cesse de compter ; maintenant si aucun ne compte.',
  'The id of the last event that arrived, from which a broken stream continues.':
    'L’identifiant du dernier événement reçu, après lequel un flux interrompu reprend.',
  'At most `limit` calls in any period of `windowSeconds` seconds.':
    'Au plus `limit` appels dans toute période de `windowSeconds` secondes.',
  'A call must be within all of them.': 'Un appel doit les respecter toutes.',
  'The remaining credits. A refill raises them to `amount` at the beginning of each day or month (UTC); it never lowers them.':
    'Les crédits restants. Une recharge les porte à `amount` au début de chaque jour ou de chaque mois (UTC) ; elle ne les diminue jamais.',
  'A JWK (RFC 7517) without private members: Ed25519, P-256, P-384, or RSA of 2,048 to 4,096 bits with `alg` PS512 or RS256.':
    'Une JWK (RFC 7517) sans membre privé : Ed25519, P-256, P-384, ou RSA de 2 048 à 4 096 bits avec `alg` PS512 ou RS256.',
  'A JWK (RFC 7517) without private members: Ed25519, P-256, P-384, or RSA of 2,048 to 4,096 bits with `alg` PS512 or RS256. Then the key has no signing secret: `signingSecret` is null, and its private key signs according to RFC 9421.':
    'Une JWK (RFC 7517) sans membre privé : Ed25519, P-256, P-384, ou RSA de 2 048 à 4 096 bits avec `alg` PS512 ou RS256. La clé n’a alors pas de secret de signature : `signingSecret` vaut null, et sa clé privée signe selon la RFC 9421.',
  'Needed with `publicKey`: a compact JWS by its private key, with only `alg` in its header, over `{ "aud": <issuer of the service>, "iat": <unix seconds>, "jti": <16 to 128 random characters> }`, at most five minutes old. Each is accepted once.':
    'Nécessaire avec `publicKey` : un JWS compact fait par sa clé privée, dont l’en-tête n’a que `alg`, sur `{ "aud": <émetteur du service>, "iat": <secondes Unix>, "jti": <16 à 128 caractères aléatoires> }`, vieux de cinq minutes au plus. Chacun est accepté une fois.',
  'Proves that the caller has the private key: a compact JWS by its private key, with only `alg` in its header, over `{ "aud": <issuer of the service>, "iat": <unix seconds>, "jti": <16 to 128 random characters> }`, at most five minutes old. Each is accepted once.':
    'Prouve que l’appelant a la clé privée : un JWS compact fait par elle, dont l’en-tête n’a que `alg`, sur `{ "aud": <émetteur du service>, "iat": <secondes Unix>, "jti": <16 à 128 caractères aléatoires> }`, vieux de cinq minutes au plus. Chacun est accepté une fois.',
  'What its signatures are made with. `thumbprint` is that of the public key (RFC 7638), null for a signing secret.':
    'Ce qui fait ses signatures. `thumbprint` est l’empreinte de la clé publique (RFC 7638), null pour un secret de signature.',
  '`accepted`, `refused`, or one reason.': '`accepted`, `refused`, ou un motif.',
  'The same for all calls of a batch.': 'Le même pour tous les appels d’un lot.',
  '`name` is null if it was deleted.': '`name` vaut null si elle a été supprimée.',
  '`OK`, or the reason of the refusal.': '`OK`, ou le motif du refus.',
  'The HTTP status of this call.': 'Le statut HTTP de cet appel.',
  'How many calls this item stands for: more than 1 if the log left out earlier calls of the key.':
    'Combien d’appels cet élément représente : plus de 1 si le journal a omis des appels précédents de la clé.',
  'The IP address from which the session began; null if it is not known.':
    'L’adresse IP d’où la session a été ouverte ; null si elle est inconnue.',
  'The client with which the session began; null if it is not known.':
    'Le client qui a ouvert la session ; null s’il est inconnu.',
  'Whether it is the calling session.': 'Si c’est la session qui appelle.',
  'What the session now signs with: `thumbprint` is that of the public key (RFC 7638).':
    'Ce avec quoi la session signe désormais : `thumbprint` est l’empreinte de la clé publique (RFC 7638).',
  'The keys by which the service signs (a JWKS): they prove its clock to the session.':
    'Les clés avec lesquelles le service signe (un JWKS) : elles prouvent son heure à la session.',
  'ISO 8601, UTC: the first span is the one that contains it.':
    'ISO 8601, UTC : la première période est celle qui contient ce moment.',
  'The last span is the one that ends here or contains it.':
    'La dernière période est celle qui finit à ce moment ou le contient.',
  'Counts only the calls of this procedure; `latency` is then null.':
    'Ne compte que les appels de cette procédure ; `latency` vaut alors null.',
  'Ids of keys. The response is in the same order.':
    'Des identifiants de clés. La réponse suit le même ordre.',
  'Counts only the calls of the keys of this environment; `latency` is then null.':
    'Ne compte que les appels des clés de cet environnement ; `latency` vaut alors null.',
  'How many of the keys with the most calls are returned; ten by default.':
    'Combien des clés qui ont le plus d’appels sont renvoyées ; dix par défaut.',
  'The beginning of the first point.': 'Le début du premier point.',
  'The end of the last point.': 'La fin du dernier point.',
  'One for each step, without gaps.': 'Un pour chaque pas, sans lacune.',
  '`OK` and reasons, including those of other versions; most frequent first.':
    '`OK` et des motifs, y compris ceux d’autres versions ; les plus fréquents d’abord.',
  'Most called first, at most a hundred; exact if the range has at most a thousand procedures.':
    'Les plus appelées d’abord, cent au plus ; exact si la période compte au plus mille procédures.',
  'How long accepted calls took, in milliseconds, within 10 %; null if there were none, or for one procedure or environment.':
    'La durée des appels acceptés, en millisecondes, à 10 % près ; null s’il n’y en a pas eu, ou pour une seule procédure ou un seul environnement.',
  'The keys with the most calls; the name of a deleted key is null.':
    'Les clés qui ont le plus d’appels ; le nom d’une clé supprimée vaut null.',
  "The host and port that the client addressed, as they are signed; one of the calling key's `authorities`.":
    'L’hôte et le port auxquels le client s’est adressé, tels que signés ; l’une des `authorities` de la clé qui appelle.',
  'Path and query, as on the request line.': 'Le chemin et les paramètres, comme sur la ligne de requête.',
  'Other spellings of `target`, for a service whose runtime rewrites the query before the service sees it: the same path, and the same names and values in the same order. The signature must match `target` or one of them.':
    'D’autres graphies de `target`, pour un service dont l’environnement d’exécution réécrit les paramètres avant qu’il ne les voie : le même chemin, et les mêmes noms et valeurs dans le même ordre. La signature doit correspondre à `target` ou à l’une d’elles.',
  'The raw header list: every header, including repeats, in order.':
    'La liste brute des en-têtes : chacun, répétitions comprises, dans l’ordre.',
  'SHA-256 of exactly the bytes that will be parsed, lowercase hex; if there is no body, that of the empty string.':
    'SHA-256 des octets exacts qui seront analysés, en hexadécimal minuscule ; sans corps, celui de la chaîne vide.',
  'SHA-512 of the same bytes. Needed if the request has a `content-digest` with `sha-512`: a digest that cannot be checked refuses it.':
    'SHA-512 des mêmes octets. Nécessaire si la requête a un `content-digest` avec `sha-512` : elle est refusée si une empreinte ne peut pas être vérifiée.',
  'The scheme of the URL that the client addressed; without it, either may be signed.':
    'Le schéma de l’URL à laquelle le client s’est adressé ; sans lui, l’un ou l’autre peut être signé.',
  "The client's address; required for a key with `allowedAddresses`.":
    'L’adresse IP du client ; obligatoire pour une clé qui a des `allowedAddresses`.',
  'What the caller must prove, and the permission that they must have.':
    'Ce que l’appelant doit prouver, et la permission qu’il doit avoir.',
  'The credits that the call costs a metered key; 1 by default.':
    'Les crédits que l’appel coûte à une clé qui en a ; 1 par défaut.',
  'A limit of the calling service, in addition to those of the key.':
    'Une limite du service qui appelle, en plus de celles de la clé.',
  'If true, claims and spends nothing, and returns a result that no guard mistakes for an admission.':
    'Avec true, ne consomme ni nonce ni crédit, et renvoie un résultat qu’aucune garde ne prend pour une admission.',
  'The id of the call in the Keyseal log.': 'L’identifiant de l’appel dans le journal de Keyseal.',
  'How the request was signed.': 'Comment la requête a été signée.',
  'Where Keyseal explains what happened, why, and how to fix it.':
    'Où Keyseal explique ce qui s’est passé, pourquoi, et comment y remédier.',
  'Which part of the reported request breaks which rule, if it is malformed.':
    'Quelle partie de la requête transmise enfreint quelle règle, si elle est mal formée.',
  'Whether the session acts in it.': 'Si la session agit dans cet espace.',
  'Whether members must have signed in with a second factor.':
    'Si les membres doivent s’être connectés avec un second facteur.',
  'The name of the identity provider with which members must have signed in; null for any sign-in.':
    'Le nom du fournisseur d’identité avec lequel les membres doivent s’être connectés ; null pour toute connexion.',
  'Keys that are not revoked.': 'Les clés qui ne sont pas révoquées.',
  'How many of these keys belong to no user.': 'Combien de ces clés n’appartiennent à personne.',
  'Open invitations.': 'Les invitations ouvertes.',
  'The owner whose share of the capacity the workspace uses; null if it uses the share that all workspaces without a sponsor have together.':
    'Le propriétaire dont l’espace de travail utilise la part de capacité ; null s’il utilise celle que tous les espaces sans parrain ont ensemble.',
  'No input.': 'Aucune entrée.',
  'This procedure does not declare its output.': 'Cette procédure ne déclare pas sa réponse.',
  'This procedure does not declare its schema.': 'Cette procédure ne déclare pas son schéma.',
};

/** The rules that the description of a schema states as “It …”, by the English one. */
export const SCHEMA_RULES_FR: Readonly<Record<string, string>> = {
  'must be 1 to 255 printable ASCII characters, in which * is a whole segment between : and /, and not the first':
    'doit compter 1 à 255 caractères ASCII imprimables, où * est un segment entier entre : et /, et jamais le premier',
  'must be a host, or host:port, as the URL standard writes it':
    'doit être un hôte, ou hôte:port, comme le standard URL l’écrit',
  'must be an IPv4 or IPv6 address': 'doit être une adresse IPv4 ou IPv6',
  'must be an address or a CIDR, canonically written':
    'doit être une adresse ou un CIDR, sous sa forme canonique',
  'must be bytes or a form': 'doit être des octets ou un formulaire',
  'must be one of id, others and all': 'doit avoir un seul champ parmi id, others et all',
  'must have at least 12 characters': 'doit compter au moins 12 caractères',
  'must have at most 1024 bytes': 'doit compter au plus 1024 octets',
  'must have at most 10 claims': 'doit avoir au plus 10 claims',
  'must not name iss, sub, aud, exp, nbf, iat, jti':
    'ne doit nommer ni iss, ni sub, ni aud, ni exp, ni nbf, ni iat, ni jti',
  'must have at most 4096 bytes as JSON': 'doit compter au plus 4096 octets en JSON',
  'must not contain NUL or an unpaired surrogate': 'ne doit contenir ni NUL ni demi-codet isolé',
  'must have names that differ': 'doit avoir des noms tous différents',
  'must not be blank': 'ne doit pas être vide',
  'must not begin or end with a space': 'ne doit ni commencer ni finir par une espace',
  'must not have both a set-up token and an invitation':
    'ne doit pas avoir à la fois un jeton d’installation et une invitation',
};
