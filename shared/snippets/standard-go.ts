import { GO_PRINTED, goBody, goHead, goSecrets } from './go.ts';
import { type SnippetAlgorithm, type StandardParts, standardComponents } from './parts.ts';

/** How each key signs: the packages, and the lines that make the signature. */
interface Signing {
  readonly packages: readonly string[];
  readonly signature: readonly string[];
}

const elliptic = (packageName: string, sum: string, size: number): Signing => ({
  packages: ['crypto/ecdsa', `crypto/${packageName}`],
  signature: [
    `\thash := ${packageName}.${sum}([]byte(base))`,
    '\tr, s, err := ecdsa.Sign(rand.Reader, key.(*ecdsa.PrivateKey), hash[:])',
    ...checked('\t'),
    `\tsignature := append(r.FillBytes(make([]byte, ${size})), s.FillBytes(make([]byte, ${size}))...)`,
  ],
});
const rsa = (packageName: string, sum: string, call: string): Signing => ({
  packages: ['crypto', 'crypto/rsa', `crypto/${packageName}`],
  signature: [
    `\thash := ${packageName}.${sum}([]byte(base))`,
    `\tsignature, err := rsa.${call}`,
    ...checked('\t'),
  ],
});

const SIGNING: Readonly<Record<SnippetAlgorithm, Signing>> = {
  'hmac-sha256': {
    packages: ['crypto/hmac', 'crypto/sha256'],
    signature: [
      '\tmac := hmac.New(sha256.New, []byte(signingSecret))',
      '\tmac.Write([]byte(base))',
      '\tsignature := mac.Sum(nil)',
    ],
  },
  ed25519: {
    packages: ['crypto/ed25519'],
    signature: ['\tsignature := ed25519.Sign(key.(ed25519.PrivateKey), []byte(base))'],
  },
  'ecdsa-p256-sha256': elliptic('sha256', 'Sum256', 32),
  'ecdsa-p384-sha384': elliptic('sha512', 'Sum384', 48),
  'rsa-pss-sha512': rsa(
    'sha512',
    'Sum512',
    'SignPSS(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA512, hash[:], &rsa.PSSOptions{SaltLength: 64})',
  ),
  'rsa-v1_5-sha256': rsa(
    'sha256',
    'Sum256',
    'SignPKCS1v15(rand.Reader, key.(*rsa.PrivateKey), crypto.SHA256, hash[:])',
  ),
};

function checked(indent: string): readonly string[] {
  return [`${indent}if err != nil {`, `${indent}\tpanic(err)`, `${indent}}`];
}

/** The API key and the private key as variables, from the environment. */
const privateKey = (isForUser: boolean): readonly string[] => [
  '\tapiKey := os.Getenv("KEYSEAL_API_KEY")',
  ...(isForUser ? ['\tuserToken := os.Getenv("KEYSEAL_USER_TOKEN")'] : []),
  '\t// PKCS #8, as "keyseal keygen" and "openssl genpkey" write it: "openssl pkey -in FILE" converts other formats.',
  '\tfile, err := os.ReadFile(os.Getenv("KEYSEAL_PRIVATE_KEY_FILE"))',
  ...checked('\t'),
  '\tblock, _ := pem.Decode(file)',
  '\tkey, err := x509.ParsePKCS8PrivateKey(block.Bytes)',
  ...checked('\t'),
];

function packagesOf({ algorithm, body }: StandardParts): readonly string[] {
  const needed = new Set([
    ...['crypto/rand', 'encoding/base64', 'os', 'strings', 'time', ...SIGNING[algorithm].packages],
    ...(algorithm === 'hmac-sha256' ? [] : ['crypto/x509', 'encoding/pem']),
    ...(body === null ? [] : ['crypto/sha256']),
  ]);
  return [...needed];
}

/** Makes an RFC 9421 signature: a program that needs only Go's standard library. */
export function standardGoSnippet(parts: StandardParts): string {
  const { origin, method, target, contentType, body, isForUser, algorithm } = parts;
  const hasSecret = algorithm === 'hmac-sha256';
  const values: Readonly<Record<string, string>> = {
    '@method': `"${method}"`,
    '@target-uri': 'url',
    'content-type': `"${contentType}"`,
    'content-digest': '"sha-256=:" + base64.StdEncoding.EncodeToString(digest[:]) + ":"',
    'x-user-token': 'userToken',
  };
  return [
    ...goHead(packagesOf(parts)),
    ...(hasSecret ? goSecrets(null, isForUser) : privateKey(isForUser)),
    `\turl := "${origin}${target}"`,
    ...(body === null
      ? []
      : [`\tbody := ${JSON.stringify(body)}`, '\tdigest := sha256.Sum256([]byte(body))']),
    '\tcovered := [][2]string{',
    ...standardComponents(parts).map((name) => `\t\t{"${name}", ${values[name]}},`),
    '\t}',
    `\trequest, _ := http.NewRequest("${method}", url, ${goBody(body)})`,
    '\tvar names []string',
    '\tvar base string',
    '\tfor _, part := range covered {',
    '\t\tname, value := part[0], part[1]',
    '\t\tnames = append(names, fmt.Sprintf("%q", name))',
    '\t\tbase += fmt.Sprintf("%q: %s\\n", name, value)',
    "\t\tif name[0] != '@' {",
    '\t\t\trequest.Header.Set(name, value)',
    '\t\t}',
    '\t}',
    '',
    '\tnonce := make([]byte, 16)',
    '\trand.Read(nonce)',
    '\tparams := fmt.Sprintf("(%s);created=%d;nonce=\\"%x\\";keyid=%q",',
    '\t\tstrings.Join(names, " "), time.Now().Unix(), nonce, strings.Split(apiKey, "_")[2])',
    '\tbase += `"@signature-params": ` + params',
    ...SIGNING[algorithm].signature,
    '',
    '\trequest.Header.Set("authorization", "Bearer "+apiKey)',
    '\trequest.Header.Set("signature-input", "sig="+params)',
    '\trequest.Header.Set("signature", "sig=:"+base64.StdEncoding.EncodeToString(signature)+":")',
    ...GO_PRINTED,
  ].join('\n');
}
