import { type SnippetAlgorithm, type StandardParts, standardComponents } from './parts.ts';
import { connectionOf, PYTHON_PRINTED } from './python.ts';

/** How each key signs: what is imported of `cryptography`, and the lines that make the signature. */
interface Signing {
  readonly imports: readonly string[];
  readonly signature: readonly string[];
}

const HASHES = 'from cryptography.hazmat.primitives import hashes';
const ASYMMETRIC = 'from cryptography.hazmat.primitives.asymmetric import';

const elliptic = (hash: string, size: number): Signing => ({
  imports: [HASHES, `${ASYMMETRIC} ec, utils`],
  signature: [
    `r, s = utils.decode_dss_signature(key.sign(base.encode(), ec.ECDSA(hashes.${hash}())))`,
    `signature = r.to_bytes(${size}, "big") + s.to_bytes(${size}, "big")`,
  ],
});
const rsa = (padding: string, hash: string): Signing => ({
  imports: [HASHES, `${ASYMMETRIC} padding`],
  signature: [`signature = key.sign(base.encode(), padding.${padding}, hashes.${hash}())`],
});

const SIGNING: Readonly<Record<SnippetAlgorithm, Signing>> = {
  'hmac-sha256': {
    imports: [],
    signature: ['signature = hmac.new(signing_secret.encode(), base.encode(), hashlib.sha256).digest()'],
  },
  ed25519: { imports: [], signature: ['signature = key.sign(base.encode())'] },
  'ecdsa-p256-sha256': elliptic('SHA256', 32),
  'ecdsa-p384-sha384': elliptic('SHA384', 48),
  'rsa-pss-sha512': rsa('PSS(padding.MGF1(hashes.SHA512()), 64)', 'SHA512'),
  'rsa-v1_5-sha256': rsa('PKCS1v15()', 'SHA256'),
};

/** The key as variables, from the environment. */
const KEY = {
  secret: ['signing_secret = os.environ["KEYSEAL_SIGNING_SECRET"]'],
  file: [
    'with open(os.environ["KEYSEAL_PRIVATE_KEY_FILE"], "rb") as file:',
    '    key = load_pem_private_key(file.read(), None)',
  ],
} as const;

function modulesOf({ algorithm, body }: StandardParts): readonly string[] {
  const hasSecret = algorithm === 'hmac-sha256';
  return ['base64', ...(hasSecret || body !== null ? ['hashlib'] : []), ...(hasSecret ? ['hmac'] : [])];
}

/** Makes an RFC 9421 signature: a script that needs only Python 3's standard library, and `cryptography` for a private key. */
export function standardPythonSnippet(parts: StandardParts): string {
  const { origin, authority, method, target, contentType, body, isForUser, algorithm } = parts;
  const { imports, signature } = SIGNING[algorithm];
  const hasSecret = algorithm === 'hmac-sha256';
  const values: Readonly<Record<string, string>> = {
    '@method': `"${method}"`,
    '@target-uri': `"${origin}" + target`,
    'content-type': `"${contentType}"`,
    'content-digest': 'f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"',
    'x-user-token': 'user_token',
  };
  const components = standardComponents(parts);
  return [
    `import ${[...modulesOf(parts), 'http.client', 'os', 'secrets', 'time'].join(', ')}`,
    ...imports,
    ...(hasSecret ? [] : ['from cryptography.hazmat.primitives.serialization import load_pem_private_key']),
    '',
    'api_key = os.environ["KEYSEAL_API_KEY"]',
    ...KEY[hasSecret ? 'secret' : 'file'],
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
    ...signature,
    '',
    'headers = {',
    ...(components.length === 2
      ? []
      : ['    **{name: value for name, value in covered.items() if name[0] != "@"},']),
    '    "authorization": f"Bearer {api_key}",',
    '    "signature-input": f"sig={params}",',
    '    "signature": f"sig=:{base64.b64encode(signature).decode()}:",',
    '}',
    `connection = http.client.${connectionOf(origin)}("${authority}")`,
    `connection.request("${method}", target, ${body === null ? '' : 'body, '}headers=headers)`,
    ...PYTHON_PRINTED,
  ].join('\n');
}
