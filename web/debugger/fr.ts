import { BRAND } from '../ui/theme/brand.ts';
import type { en } from './en.ts';

export const fr: typeof en = {
  title: 'Débogueur de signature',
  description:
    'Collez une requête refusée, ou les lignes de la base de signature que votre code a construite, et voyez quelle ligne diffère. Tout reste dans votre navigateur : rien de ce que vous collez n’est envoyé ni conservé.',
  known: {
    title: 'L’appel dans le journal des appels',
    method: 'Méthode',
    target: 'Cible',
    key: 'Identifiant de la clé',
    reason: 'Motif',
    unknown: 'Inconnu',
    missing: 'Non enregistrés : paramètres, en-têtes, corps et signature',
    missingMore:
      'Le journal ne garde pas les requêtes. Remplacez les lignes ci-dessous par la requête telle que votre code l’a envoyée, ou par ce que le service a renvoyé dans debug.base. Dans un lot, la cible contient toutes ses procédures.',
  },
  request: 'La requête, telle qu’elle a été envoyée',
  requestHint:
    'Une requête HTTP brute ou une commande curl, avec son x-signature, ou ses signature-input et signature ; ou la réponse qui contient debug, ou sa debug.base.',
  requestUnread:
    'Ce n’est ni une requête HTTP, ni une commande curl, ni une base de signature, ni une réponse avec debug.base, que le service n’envoie qu’en dehors de la production.',
  base: 'La base de signature que votre code a construite',
  baseHint: 'Facultatif. Ses lignes telles quelles, sans saut de ligne après la dernière.',
  secret: 'Le secret de signature',
  secretHint: 'Facultatif. Avec lui, les erreurs habituelles sont essayées une à une sur votre signature.',
  show: 'Afficher le secret',
  compare: 'Trouver la différence',
  incomplete: 'Remplacez d’abord chaque … par ce que votre code a envoyé, ou tout le texte par la requête.',
  example: 'Remplir avec un exemple',
  nothing: 'Collez une requête, ou la base de signature que votre code a construite.',
  result: 'Résultat',
  lines: 'Les lignes de la base',
  line: 'Ligne',
  yours: 'La vôtre',
  expected: `Celle de ${BRAND.name}`,
  empty: '(vide)',
  differs: 'diffère',
  verdicts: {
    built: `Voici les lignes que ${BRAND.name} construit pour cette requête.`,
    alike:
      'Toutes les lignes sont identiques. Si la signature est refusée malgré tout, c’est un autre secret de signature ou une autre clé privée qui a signé.',
    one: 'Une ligne diffère :',
    many: 'Lignes qui diffèrent :',
    form: 'Ces lignes sont bien formées. Collez aussi la requête pour les comparer.',
    right:
      'La signature est correcte pour cette requête et ce secret. Si le service a refusé la requête, il avait un autre motif.',
    found: 'Cette erreur produit exactement la signature envoyée :',
    unknown:
      'Avec ce secret, aucune des erreurs habituelles ne produit la signature envoyée. Soit le secret est un autre, soit la requête a été modifiée en route : collez la base de signature que votre code a construite.',
  },
  noForm: 'Ceci n’est pas valide à la ligne',
  missing: 'La signature ne couvre pas ce que cette requête doit avoir signé :',
  field:
    'Un champ d’en-tête, tel qu’envoyé : ses lignes sans les espaces autour, jointes par une virgule et un espace.',
  components: {
    '@method': 'GET ou POST.',
    '@target-uri': 'L’URL entière, telle qu’envoyée.',
    '@authority': 'L’hôte et le port de l’URL, en minuscules, sans le port propre au schéma.',
    '@scheme': 'http ou https, tel que le client l’utilise.',
    '@request-target': 'Le chemin et les paramètres, comme sur la ligne de requête.',
    '@path': 'Le chemin, non décodé.',
    '@query':
      'Les paramètres avec leur point d’interrogation ; un point d’interrogation seul s’il n’y en a pas.',
    'content-digest': 'SHA-256 ou SHA-512 des octets du corps, en base64 (RFC 9530).',
    '@signature-params': 'Le membre de signature-input après son étiquette, inchangé.',
  },
  names: [
    'version',
    'clé ou session',
    'heure',
    'nonce',
    'méthode',
    'autorité',
    'chemin et paramètres',
    'type de contenu',
    'empreinte du jeton d’utilisateur',
    'empreinte du corps',
  ],
  whats: [
    'Le format de la base de signature. Il est toujours le même.',
    'L’identifiant dans la clé d’API, ou celui de la session. Il n’est pas secret.',
    'Secondes Unix, dix chiffres.',
    'Au moins 128 bits aléatoires, nouveaux à chaque requête.',
    'GET ou POST.',
    'L’hôte et le port de l’URL, en minuscules, sans le port propre au schéma.',
    'Comme sur la ligne de requête : rien de décodé, rien de réordonné.',
    'Tel qu’envoyé, ou vide.',
    'SHA-256 en hexadécimal minuscule ; celui de la chaîne vide, si aucun jeton n’est envoyé.',
    'SHA-256 de ses octets en hexadécimal minuscule ; celui de la chaîne vide, s’il n’y a pas de corps.',
  ],
  why: {
    other: 'C’est une autre valeur que celle qui a été envoyée.',
    kWholeKey:
      'Seul l’identifiant a sa place ici : la troisième partie de la clé d’API, entre ses traits de soulignement.',
    milliseconds: 'L’heure est en millisecondes. Elle doit être en secondes : dix chiffres.',
    methodCase: 'La méthode s’écrit en majuscules.',
    scheme: 'Le schéma n’a pas sa place ici : l’hôte et le port seulement.',
    schemeSecure: 'Le schéma n’a pas sa place ici : l’hôte et le port seulement.',
    authorityCase: 'L’hôte s’écrit en minuscules.',
    port: 'Le port diffère : un port qui n’est pas celui du schéma a sa place ici, celui du schéma non.',
    wholeUrl: 'Seuls le chemin et les paramètres ont leur place ici, pas l’URL entière.',
    wholeUrlSecure: 'Seuls le chemin et les paramètres ont leur place ici, pas l’URL entière.',
    noQuery: 'Les paramètres manquent : ils sont signés avec le chemin.',
    decoded:
      'Le chemin ou les paramètres ont été décodés, ou encodés autrement. Signez-les tels qu’ils sont sur la ligne de requête.',
    reordered: 'Les paramètres sont dans un autre ordre. Signez-les dans l’ordre où ils sont envoyés.',
    pathSlash: 'Une barre oblique à la fin du chemin a été ajoutée ou perdue.',
    contentTypeMissing:
      'Le type de contenu n’a pas été signé, mais a été envoyé : les bibliothèques HTTP l’ajoutent souvent d’elles-mêmes. Fixez-le vous-même, et signez-le.',
    contentTypeAbsent:
      'Un type de contenu a été signé sans être envoyé. Sans cet en-tête, la ligne est vide, mais elle est là.',
    contentTypeParameters:
      'Ce qui suit le point-virgule diffère, comme un charset qu’une bibliothèque a ajouté.',
    lineLeftOut: 'La ligne vide a été omise. Une requête sans type de contenu a une ligne 8 vide.',
    digestEmpty: 'La ligne est vide. Sans valeur, écrivez le SHA-256 de la chaîne vide : e3b0c442…',
    digestUpper: 'Les chiffres hexadécimaux s’écrivent en minuscules.',
    digestBase64: 'C’est du base64. L’empreinte s’écrit en hexadécimal minuscule.',
    tokenMissing: 'Un jeton d’utilisateur a été envoyé, mais pas signé.',
    tokenNotSent: 'Un jeton d’utilisateur a été signé, mais pas envoyé dans x-user-token.',
    bodyMissing: 'Il y a un corps, mais c’est le SHA-256 de la chaîne vide qui a été signé.',
    bodyNotSent: 'Un corps a été signé, mais aucun n’a été envoyé.',
    bodyNewline: 'Le corps signé finit par un saut de ligne, et celui qui a été envoyé n’en a pas.',
    bodyRewritten:
      'Le JSON a le même sens mais d’autres octets : il a été réécrit après avoir été signé. Signez exactement les octets que vous envoyez.',
    trailingNewline: 'Il y a un saut de ligne après la dernière ligne : echo en écrit un, printf %s non.',
    carriageReturns: 'Les lignes finissent par CRLF. Elles sont jointes par un simple saut de ligne.',
    literalNewline: 'Une barre oblique inversée et un n se trouvent là où il faut un saut de ligne.',
    tooMany: 'Il y a plus de dix lignes.',
    tooFew: 'Il y a moins de dix lignes. Une ligne vide compte aussi.',
    secretDecoded:
      'Le secret a été décodé comme du base64. C’est le secret tel quel qui est la clé, kss_ compris.',
    secretWithoutPrefix: 'Le secret a été utilisé sans kss_. C’est le secret entier qui est la clé.',
    secretNewline: 'Un saut de ligne a été lu avec le secret, dans un fichier ou une variable.',
    noAuthorization: 'Il n’y a pas d’en-tête authorization : la requête est refusée avec KEY_MISSING.',
    noSignature: 'Il n’y a pas d’en-tête x-signature : la requête est refusée avec SIGNATURE_MISSING.',
    grammar:
      'x-signature n’est pas v1,k=…,t=…,n=…,s=… dans cet ordre et sans espaces : la requête est refusée avec SIGNATURE_MALFORMED.',
    nonceAlphabet:
      'Le nonce contient d’autres caractères que A-Z a-z 0-9 _ -, comme ceux du base64 ordinaire.',
    nonceShort: 'Le nonce a moins de 22 caractères.',
    macUpper: 's est écrit en majuscules. Les chiffres hexadécimaux s’écrivent en minuscules.',
    macBase64: 's est en base64. Il s’écrit en hexadécimal minuscule.',
    kNotBearers: 'k est un autre identifiant que celui de la clé d’API dans authorization.',
    bodyOnGet: 'GET n’a pas de corps : la requête est refusée avec REQUEST_MALFORMED.',
    repeated: 'Un en-tête vérifié par le service est répété : la requête est refusée avec REQUEST_MALFORMED.',
    standardForm:
      'La signature ne peut pas être lue : issues, dans la réponse, indique la règle. Il faut created, un nonce d’au moins 16 caractères, et l’identifiant de la clé d’API comme keyid.',
    standardAbsent: 'La signature couvre un composant que cette requête n’a pas.',
    digestForm: 'content-digest doit contenir sha-256 ou sha-512, en base64 entre deux-points.',
    digestWrong: 'content-digest n’est pas celui du corps : le corps a changé après son calcul.',
    contentEncoding:
      'content-encoding n’est pas accepté : la requête est refusée avec MEDIA_TYPE_NOT_SUPPORTED.',
  },
};
