import { type SnippetAlgorithm, type StandardParts, standardComponents } from './parts.ts';
import { shellDigest, shellQuote } from './shell.ts';
import type { ShellClient } from './shell-client.ts';

/** Makes the lines that set `$S` to the signature of what a command prints. */
type Signing = (printed: string) => readonly string[];

const PRIVATE_KEY = '"$KEYSEAL_PRIVATE_KEY_FILE"';

/** @param command reads the text, and writes the signature */
const piped =
  (command: string): Signing =>
  (printed) => [`  S=$(${printed} |`, `    ${command} | openssl base64 -A)`];

/** OpenSSL writes two integers in DER; the signature has their bytes one after the other (RFC 9421 §3.3.4). */
const elliptic = (hash: string, digits: number): Signing =>
  piped(
    [
      `openssl dgst -${hash} -sign ${PRIVATE_KEY} | openssl asn1parse -inform DER |`,
      `    awk -F: '/INTEGER/ { n = $NF; while (length(n) < ${digits}) n = "0" n; printf "%s", n }' | xxd -r -p`,
    ].join('\n'),
  );

const SIGNING: Readonly<Record<SnippetAlgorithm, Signing>> = {
  'hmac-sha256': piped('openssl dgst -sha256 -hmac "$KEYSEAL_SIGNING_SECRET" -binary'),
  // OpenSSL 3 signs by Ed25519 only what it reads from a file.
  ed25519: (printed) => [
    `  F=$(mktemp) && ${printed} > "$F"`,
    `  S=$(openssl pkeyutl -sign -rawin -inkey ${PRIVATE_KEY} -in "$F" | openssl base64 -A)`,
    '  rm "$F"',
  ],
  'ecdsa-p256-sha256': elliptic('sha256', 64),
  'ecdsa-p384-sha384': elliptic('sha384', 96),
  'rsa-pss-sha512': piped(
    `openssl dgst -sha512 -sign ${PRIVATE_KEY} -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:64`,
  ),
  'rsa-v1_5-sha256': piped(`openssl dgst -sha256 -sign ${PRIVATE_KEY}`),
};

/** Makes an RFC 9421 signature, in a shell with a client and openssl. */
export function standardShellSnippet(parts: StandardParts, client: ShellClient): string {
  const { header } = client;
  const { origin, target, method, contentType, body, isForUser, algorithm } = parts;
  const data = body === null ? null : '"$B"';
  const components = standardComponents(parts);
  const values: Readonly<Record<string, string>> = {
    '@target-uri': '$A',
    'content-type': '$C',
    'content-digest': '$D',
    'x-user-token': '$KEYSEAL_USER_TOKEN',
    '@signature-params': '$L',
  };
  const lines = [...components, '@signature-params'].map(
    (name) => `"${name}": ${name === '@method' ? method : '%s'}`,
  );
  const filled = [...components.slice(1), '@signature-params'].map((name) => `"${values[name]}"`);
  const list = `(${components.map((name) => `"${name}"`).join(' ')})`;
  return [
    '(',
    `  T=$(date +%s) N=$(openssl rand -hex 16) A=${shellQuote(origin + target)}`,
    '  K=$(printf %s "$KEYSEAL_API_KEY" | cut -d_ -f3)',
    ...(body === null
      ? []
      : [
          `  C=${shellQuote(contentType)} B=${shellQuote(body)}`,
          `  D="sha-256=:${shellDigest('$B', '-binary | openssl base64 -A')}:"`,
        ]),
    `  L=${shellQuote(list)}";created=$T;nonce=\\"$N\\";keyid=\\"$K\\""`,
    ...SIGNING[algorithm](`printf '${lines.join('\\n')}' ${filled.join(' ')}`),
    `  ${client.start(method, '"$A"', data)} \\`,
    `    ${header('"authorization: Bearer $KEYSEAL_API_KEY"')} \\`,
    ...(isForUser ? [`    ${header('"x-user-token: $KEYSEAL_USER_TOKEN"')} \\`] : []),
    ...(data === null
      ? []
      : [`    ${header('"content-type: $C"')} ${header('"content-digest: $D"')}${client.data(data)} \\`]),
    `    ${header('"signature-input: sig=$L"')} ${header('"signature: sig=:$S:"')}`,
    ')',
  ].join('\n');
}
