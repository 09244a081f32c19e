import type { SnippetParts, SnippetRequest } from './parts.ts';

/** A script that needs only the standard library of Python 3. */
export function pythonSnippet(parts: SnippetParts): string {
  const { secrets, origin, authority, method, target, contentType, body, isForUser } = parts;
  const isEmpty = body === null || !isForUser;
  const digests = [isForUser ? 'token_digest' : 'nothing', body === null ? 'nothing' : 'body_digest'];
  const headers = [
    '"authorization": f"Bearer {api_key}"',
    '"x-signature": f"v1,k={k},t={t},n={n},s={s}"',
    ...(isForUser ? ['"x-user-token": user_token'] : []),
    ...(body === null ? [] : [`"content-type": "${contentType}"`]),
  ];
  return [
    `import hashlib, hmac, http.client, ${secrets ? '' : 'os, '}secrets, time`,
    '',
    `api_key = ${secrets ? `"${secrets.apiKey}"` : 'os.environ["KEYSEAL_API_KEY"]'}`,
    `signing_secret = ${secrets ? `"${secrets.signingSecret}"` : 'os.environ["KEYSEAL_SIGNING_SECRET"]'}`,
    ...(isForUser ? ['user_token = os.environ["KEYSEAL_USER_TOKEN"]'] : []),
    `host = "${authority}"`,
    `target = "${target}"`,
    ...(body === null ? [] : [`body = ${JSON.stringify(body)}.encode()`]),
    '',
    'k, t, n = api_key.split("_")[2], str(int(time.time())), secrets.token_urlsafe(16)',
    ...(isEmpty ? ['nothing = hashlib.sha256(b"").hexdigest()'] : []),
    ...(isForUser ? ['token_digest = hashlib.sha256(user_token.encode()).hexdigest()'] : []),
    ...(body === null ? [] : ['body_digest = hashlib.sha256(body).hexdigest()']),
    `base = "\\n".join(["v1.request", k, t, n, "${method}", host, target, "${contentType}", ${digests.join(', ')}])`,
    's = hmac.new(signing_secret.encode(), base.encode(), hashlib.sha256).hexdigest()',
    '',
    `connection = http.client.${connectionOf(origin)}(host)`,
    headers.length === 2
      ? `headers = {${headers.join(', ')}}`
      : `headers = {\n    ${headers.join(',\n    ')},\n}`,
    `connection.request("${method}", target, ${body === null ? '' : 'body, '}headers=headers)`,
    ...PYTHON_PRINTED,
  ].join('\n');
}

/** The same call without a key and a signature. */
export function unsignedPythonSnippet(
  { origin, authority }: Pick<SnippetParts, 'origin' | 'authority'>,
  { method, target, contentType, body }: SnippetRequest,
): string {
  return [
    'import http.client',
    '',
    `connection = http.client.${connectionOf(origin)}("${authority}")`,
    ...(body === null
      ? [`connection.request("${method}", "${target}")`]
      : [
          `body = ${JSON.stringify(body)}.encode()`,
          `connection.request("${method}", "${target}", body, headers={"content-type": "${contentType}"})`,
        ]),
    ...PYTHON_PRINTED,
  ].join('\n');
}

/** The class of the connection to an origin. */
export const connectionOf = (origin: string) =>
  origin.startsWith('https:') ? 'HTTPSConnection' : 'HTTPConnection';

/** What each script does with the response. */
export const PYTHON_PRINTED = [
  'response = connection.getresponse()',
  'print(response.status, response.read().decode())',
  '',
];
