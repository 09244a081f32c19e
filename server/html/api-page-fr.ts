/** The French introduction of the API reference: the OpenAPI document has only an English one. */
export const INTRODUCTION_FR = `Trois preuves devant chaque procédure qui n’est pas publique : une clé d’API, un jeton d’accès (JWT) et une signature valable pour une seule requête.

Une requête de lecture s’écrit \`GET /api/<nom>?input=<JSON, encodé pour une URL>\`, une mutation \`POST /api/<nom>\` avec du JSON. La réponse est \`{"result":{"data":…}}\`, un refus \`{"error":{…}}\`, dont \`error.data.reason\` ne change jamais. Les entrées sont strictes : un champ inconnu est refusé. Les dates suivent ISO 8601, en UTC.

Jusqu’à 20 lectures, ou 20 mutations, peuvent partager une requête, signée une seule fois : \`GET /api/exemple,whoami?batch=1&input={"0":{…}}\`, ou \`POST /api/echo,echo?batch=1\` avec \`{"0":{…},"1":{…}}\`. La réponse est un tableau, avec un élément par appel ; son statut est 207 si les appels n’ont pas tous eu la même issue. Les procédures publiques, \`auth.refresh\` et les flux ne se regroupent pas. Aucun chemin de ce document n’est un lot.`;

/** The French description of each built-in area. */
export const AREAS_FR: Readonly<Record<string, string>> = {
  auth: 'Les comptes et leurs sessions.',
  secondFactor: 'Le second facteur d’un compte : une application d’authentification et des codes de secours.',
  passkeys: 'Les clés d’accès (passkeys) d’un compte.',
  identities: 'Les identités chez des fournisseurs d’identité, liées à un compte.',
  keys: 'Les clés d’API et ce qu’elles peuvent faire.',
  exchangeRules: 'Les règles selon lesquelles une charge de travail échange un jeton contre une clé.',
  owners:
    'Les propriétaires externes : les clients d’un espace de travail, avec des limites et des crédits pour toutes leurs clés.',
  audit: 'Qui a changé quoi, dans une chaîne qui révèle les modifications faites à la main.',
  usage: 'L’issue des appels, par minute, par heure et par jour.',
  requests: 'Les appels des dernières 24 heures, un par un.',
  sessions: 'Les sessions d’une personne.',
  workspaces: 'Les espaces de travail, auxquels appartiennent les clés et les membres.',
  members: 'Les membres d’un espace de travail et leurs rôles.',
  invitations: 'Les invitations à un espace de travail.',
  verify: 'Les requêtes qu’un autre service a reçues.',
  samples: 'De petites procédures pour essayer un appel, et savoir si le service répond.',
};

/** That of the areas of custom procedures. */
export const CUSTOM_AREA_FR = 'Des procédures propres à ce service.';
