import { SIGNATURE_MAX_AGE, SIGNATURE_MAX_AHEAD } from '../../shared/signature.ts';

/** The French descriptions of the proofs, by the names of their schemes. `{code}` stands for the next block of code of the English one, and `{secret}` for its signing secret. */
const PROOFS_FR: Readonly<Record<string, string>> = {
  apiKey:
    'La clé d’API, `ks_<live|test>_<id>_<secret>` : elle identifie le client. Toujours avec une signature de la clé.',
  userToken:
    'Le jeton d’accès de `auth.signIn` : une personne qui appelle sans clé d’API. Toujours avec une signature de la session.',
  onBehalfOf: 'Avec une clé d’API : le jeton d’accès de la personne au nom de laquelle elle appelle.',
  signature: `\`x-signature: v1,k=<id>,t=<secondes>,n=<nonce>,s=<hex>\`, pour chaque procédure qui n’est pas publique, sauf si une signature RFC 9421 est dans \`signature-input\` et \`signature\`.

\`s\` est l’hexadécimal en minuscules de HMAC-SHA-256 sur dix lignes, jointes par un saut de ligne, sans saut final. La clé du HMAC est le texte du secret de signature lui-même, \`kss_\` compris : rien n’est décodé.

1. \`v1.request\`
2. \`k\` : l’identifiant de la clé d’API (\`ks_live_<id>_…\`) ou de la session (\`ses_…\`)
3. \`t\` : secondes Unix, dix chiffres
4. \`n\` : un nonce de 22 à 64 caractères parmi \`A-Z a-z 0-9 _ -\`, au moins 128 bits aléatoires, nouveau à chaque requête
5. la méthode, \`GET\` ou \`POST\`
6. l’hôte et le port de l’URL, en minuscules, sans le port par défaut du schéma
7. le chemin et les paramètres, exactement comme sur la ligne de requête : ni décodés, ni réordonnés
8. \`content-type\` tel qu’envoyé, ou rien
9. SHA-256 du jeton d’utilisateur en hexadécimal ; sans jeton, celui de la chaîne vide
10. SHA-256 des octets du corps en hexadécimal ; sans corps, celui de la chaîne vide

Une signature est valable une seule fois, de ${SIGNATURE_MAX_AHEAD} secondes avant \`t\` à ${SIGNATURE_MAX_AGE} secondes après. Un lot est une seule requête, avec une seule signature. Avec une clé d’API, la clé signe ; avec un jeton d’utilisateur seul, la session du jeton signe. Dans un client généré, signez dans son \`fetch\`, qui a l’URL définitive et les octets du corps.

Un exemple complet : \`POST https://api.example.com/api/echo\` avec le corps \`{"text":"bonjour"}\`, signé avec \`{secret}\` :

{code}

{code}

Avec \`accept-signature: res=();tag="keyseal-response"\`, la réponse est signée elle aussi, par un MAC sous le secret de signature ; avec \`alg="ed25519"\` en plus, par une clé de \`/.well-known/http-message-signatures-directory\`, et avec \`alg="ed25519";receipt\` elle a un reçu dans \`x-keyseal-receipt\`. Un flux ne peut pas être signé.`,
  signatureInput: `\`signature-input: sig1=(<composants>);created=<secondes>;nonce="<nonce>";keyid="<id>"\`, à la place de \`x-signature\` : ce que couvre une signature RFC 9421 (HTTP Message Signatures). De nombreux langages ont une bibliothèque pour cela. Si \`x-signature\` est envoyée aussi, elle seule est vérifiée. Une clé qui a une clé publique ne peut signer qu’ainsi.

Les composants sont \`"@method"\`, \`"@target-uri"\`, et ce que contient la requête : \`"content-type"\`, \`"content-digest"\` (RFC 9530, avec un corps), \`"x-user-token"\` ; pour une session, aussi \`"authorization"\`. À la place de \`"@target-uri"\`, la signature peut couvrir \`"@authority"\` avec \`"@request-target"\`, ou avec \`"@path"\` et \`"@query"\`.

\`created\` est en secondes Unix, \`nonce\` compte 16 à 128 caractères et est nouveau à chaque requête, et \`keyid\` est l’identifiant seul de la clé d’API ou de la session. \`expires\`, \`alg\` (celui de la clé) et \`tag="keyseal"\` peuvent s’y ajouter. La signature est valable aussi longtemps qu’une \`x-signature\`, et une seule fois.`,
  httpSignature: `\`signature: sig1=:<base64>:\`, sous la même étiquette que dans \`signature-input\` : HMAC-SHA-256 sur la base de signature (RFC 9421 §2.5), avec pour clé le secret de signature sous forme de texte. Avec une clé publique, c’est une signature par sa clé privée : \`ed25519\`, \`ecdsa-p256-sha256\`, \`ecdsa-p384-sha384\`, \`rsa-pss-sha512\` ou \`rsa-v1_5-sha256\`.

L’exemple de \`x-signature\` a, dans ce format, cette base :

{code}

et ces en-têtes :

{code}`,
};

const CODE = /^```\n[\s\S]*?\n```$/gm;
const SECRET = /kss_[\w-]{20,}/;

/** The description of a proof in French, with the worked example of the English one. */
export function proofInFrench(name: string, english: string): string {
  const blocks = english.match(CODE) ?? [];
  const secret = SECRET.exec(english)?.[0] ?? '';
  let next = 0;
  const text = PROOFS_FR[name] ?? english;
  return text.replace('{secret}', secret).replaceAll('{code}', () => blocks[next++] ?? '');
}
