import { type Brand, withKeyPrefix } from '../../shared/brand.ts';
import type { Access } from '../../shared/guard.ts';
import {
  EMPTY_SHA256,
  formatSignature,
  SIGNATURE_MAX_AGE,
  SIGNATURE_MAX_AHEAD,
  signatureBase,
} from '../../shared/signature.ts';
import type { SecurityRequirement } from '../rpc/api-document.ts';

/** The same proofs with a signature in each of the two formats. */
const inEachForm = (proofs: SecurityRequirement): SecurityRequirement[] => [
  { ...proofs, signature: [] },
  { ...proofs, signatureInput: [], httpSignature: [] },
];

const KEY = inEachForm({ apiKey: [] });
const FOR_USER = inEachForm({ apiKey: [], onBehalfOf: [] });
const USER = inEachForm({ userToken: [] });

/** The combinations of proofs for each kind of access. */
export const SECURITY: Readonly<Record<Access, readonly SecurityRequirement[]>> = {
  public: [],
  session: inEachForm({}),
  user: USER,
  key: [...KEY, ...FOR_USER],
  'key-for-user': FOR_USER,
  'key-or-user': [...KEY, ...USER],
  any: [...KEY, ...FOR_USER, ...USER],
};

/** A worked example from `test/vectors/signature-v1.json`. */
const SECRET = 'kss_gd2vd_Er1uyZAlIa_ZnYd7chlN_Xc-1HSyGbDS1GHXy';
const SIGNED = {
  k: 'jfJ31CVuhfQ5',
  t: 1795471483,
  nonce: 'oOKVqYX7Enwvq4VNAKjKs1',
  method: 'POST',
  authority: 'api.example.com',
  target: '/api/echo',
  contentType: 'application/json',
  tokenDigest: EMPTY_SHA256,
  bodyDigest: '45431aed9fb093eafa97dbfa0c5ac1a5c47a509289e77c772d908a906d872312',
};
const HEADER = formatSignature({
  ...SIGNED,
  mac: '07da9b4092e3d13cc4b2cfe7e86638ed9d2a6db507de6212d3a890cdfe84214c',
});

const RESPONSES = `With \`accept-signature: res=();tag="keyseal-response"\` the response is signed too, by a MAC under the signing secret; with \`alg="ed25519"\` in it by a key of \`/.well-known/http-message-signatures-directory\`, and with \`alg="ed25519";receipt\` it has a receipt in \`x-keyseal-receipt\`. A stream cannot be signed.`;

const SIGNATURE = `\`x-signature: v1,k=<id>,t=<seconds>,n=<nonce>,s=<hex>\`, on every procedure that is not public, unless an RFC 9421 signature is in \`signature-input\` and \`signature\`.

\`s\` is the lowercase hex of HMAC-SHA-256 over ten lines, joined by a line feed, without one at the end. The key of the HMAC is the signing secret's own text, \`kss_\` included: nothing is decoded.

1. \`v1.request\`
2. \`k\`: the id of the API key (\`ks_live_<id>_…\`), or of the session (\`ses_…\`)
3. \`t\`: unix seconds, ten digits
4. \`n\`: a nonce of 22 to 64 characters of \`A-Z a-z 0-9 _ -\`, at least 128 random bits, new for every request
5. the method, \`GET\` or \`POST\`
6. the host and port of the URL, lowercase, without the scheme's own port
7. path and query, exactly as on the request line: nothing decoded, nothing reordered
8. \`content-type\` as sent, or nothing
9. SHA-256 of the user token in hex; of the empty string if there is none
10. SHA-256 of the body's bytes in hex; of no bytes if there is no body

A signature is valid once, from ${SIGNATURE_MAX_AHEAD} seconds before \`t\` until ${SIGNATURE_MAX_AGE} seconds after it. A batch is one request with one signature. With an API key, the key signs; with only a user token, the token's session signs. In a generated client, sign in its \`fetch\`, which has the final URL and the bytes of the body.

A worked example: \`POST https://api.example.com/api/echo\` with the body \`{"text":"bonjour"}\`, signed with \`${SECRET}\`:

\`\`\`
${signatureBase(SIGNED)}
\`\`\`

\`\`\`
x-signature: ${HEADER}
\`\`\`

${RESPONSES}`;

/** The same request, signed according to RFC 9421. */
const COMPONENTS =
  '("@method" "@target-uri" "content-type" "content-digest");created=1795471483;nonce="oOKVqYX7Enwvq4VNAKjKs1";keyid="jfJ31CVuhfQ5"';
const CONTENT_DIGEST = 'sha-256=:RUMa7Z+wk+r6l9v6DFrBpcR6UJKJ53x3LZCKkG2HIxI=:';

const SIGNATURE_INPUT = `\`signature-input: sig1=(<components>);created=<seconds>;nonce="<nonce>";keyid="<id>"\`, instead of \`x-signature\`: what an RFC 9421 signature (HTTP Message Signatures) covers. Many languages have a library for it. If \`x-signature\` is sent too, only that is checked. A key with a public key can sign only in this way.

The components are \`"@method"\`, \`"@target-uri"\`, and what the request has: \`"content-type"\`, \`"content-digest"\` (RFC 9530, with a body), \`"x-user-token"\`; for a session also \`"authorization"\`. Instead of \`"@target-uri"\` it may cover \`"@authority"\` with \`"@request-target"\`, or with \`"@path"\` and \`"@query"\`.

\`created\` is in unix seconds, \`nonce\` has 16 to 128 characters and is new for every request, and \`keyid\` is only the id of the API key or of the session. \`expires\`, \`alg\` (that of the key) and \`tag="keyseal"\` may be added. It is valid for as long as an \`x-signature\`, and once.`;

const HTTP_SIGNATURE = `\`signature: sig1=:<base64>:\`, under the same label as in \`signature-input\`: HMAC-SHA-256 over the signature base (RFC 9421 §2.5), with the signing secret as a string as the key. With a public key it is a signature by its private key: \`ed25519\`, \`ecdsa-p256-sha256\`, \`ecdsa-p384-sha384\`, \`rsa-pss-sha512\` or \`rsa-v1_5-sha256\`.

The example of \`x-signature\` in this form has this base:

\`\`\`
"@method": POST
"@target-uri": https://api.example.com/api/echo
"content-type": application/json
"content-digest": ${CONTENT_DIGEST}
"@signature-params": ${COMPONENTS}
\`\`\`

and these headers:

\`\`\`
content-digest: ${CONTENT_DIGEST}
signature-input: sig1=${COMPONENTS}
signature: sig1=:Zf4f8qKOU077C86YFHJy9tg6qaCpYRB/2kzePTMXM10=:
\`\`\``;

const API_KEY =
  'The API key, `ks_<live|test>_<id>_<secret>`: it identifies the client. Always together with a signature by the key.';

/** The credentials of a call. @param brand how the keys in the texts begin */
export const securitySchemes = (brand: Brand) => ({
  apiKey: {
    type: 'http',
    scheme: 'bearer',
    description: withKeyPrefix(API_KEY, brand),
  },
  userToken: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'The access token of `auth.signIn`: a person who calls without an API key. Always together with a signature by the session.',
  },
  onBehalfOf: {
    type: 'apiKey',
    in: 'header',
    name: 'x-user-token',
    description: 'With an API key: the access token of the person on whose behalf it calls.',
  },
  signature: {
    type: 'apiKey',
    in: 'header',
    name: 'x-signature',
    description: withKeyPrefix(SIGNATURE, brand),
  },
  signatureInput: { type: 'apiKey', in: 'header', name: 'signature-input', description: SIGNATURE_INPUT },
  httpSignature: { type: 'apiKey', in: 'header', name: 'signature', description: HTTP_SIGNATURE },
});
