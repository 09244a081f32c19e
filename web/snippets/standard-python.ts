import { type StandardParts, standardComponents } from './parts.ts';
import { connectionOf, PYTHON_PRINTED } from './python.ts';

/** Signs by RFC 9421: a script that needs only the standard library of Python 3. */
export function standardPythonSnippet(parts: StandardParts): string {
  const { origin, authority, method, target, contentType, body, isForUser } = parts;
  const values: Readonly<Record<string, string>> = {
    '@method': `"${method}"`,
    '@target-uri': `"${origin}" + target`,
    'content-type': `"${contentType}"`,
    'content-digest': 'f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"',
    'x-user-token': 'user_token',
  };
  const components = standardComponents(parts);
  return [
    'import base64, hashlib, hmac, http.client, os, secrets, time',
    '',
    'api_key = os.environ["KEYSEAL_API_KEY"]',
    'signing_secret = os.environ["KEYSEAL_SIGNING_SECRET"]',
    ...(isForUser ? ['user_token = os.environ["KEYSEAL_USER_TOKEN"]'] : []),
    `target = "${target}"`,
    ...(body === null ? [] : [`body = ${JSON.stringify(body)}.encode()`]),
    '',
    'covered = {',
    ...components.map((name) => `    "${name}": ${values[name]},`),
    '}',
    'names = " ".join(f\'"{name}"\' for name in covered)',
    'created, nonce, key_id = int(time.time()), secrets.token_urlsafe(16), api_key.split("_")[2]',
    'params = f\'({names});created={created};nonce="{nonce}";keyid="{key_id}"\'',
    'lines = {**covered, "@signature-params": params}.items()',
    'base = "\\n".join(f\'"{name}": {value}\' for name, value in lines)',
    'mac = hmac.new(signing_secret.encode(), base.encode(), hashlib.sha256).digest()',
    '',
    'headers = {',
    ...(components.length === 2
      ? []
      : ['    **{name: value for name, value in covered.items() if name[0] != "@"},']),
    '    "authorization": f"Bearer {api_key}",',
    '    "signature-input": f"sig={params}",',
    '    "signature": f"sig=:{base64.b64encode(mac).decode()}:",',
    '}',
    `connection = http.client.${connectionOf(origin)}("${authority}")`,
    `connection.request("${method}", target, ${body === null ? '' : 'body, '}headers=headers)`,
    ...PYTHON_PRINTED,
  ].join('\n');
}
