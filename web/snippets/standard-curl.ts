import { digestOf, shellQuote } from './curl.ts';
import { type StandardParts, standardComponents } from './parts.ts';

/** Signs by RFC 9421, for a shell with curl and openssl. */
export function standardCurlSnippet(parts: StandardParts): string {
  const { origin, target, method, contentType, body, isForUser } = parts;
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
          `  D="sha-256=:${digestOf('$B', '-binary | openssl base64 -A')}:"`,
        ]),
    `  L=${shellQuote(list)}";created=$T;nonce=\\"$N\\";keyid=\\"$K\\""`,
    `  S=$(printf '${lines.join('\\n')}' ${filled.join(' ')} |`,
    '    openssl dgst -sha256 -hmac "$KEYSEAL_SIGNING_SECRET" -binary | openssl base64 -A)',
    '  curl -sS -i "$A" \\',
    '    -H "authorization: Bearer $KEYSEAL_API_KEY" \\',
    ...(isForUser ? ['    -H "x-user-token: $KEYSEAL_USER_TOKEN" \\'] : []),
    ...(body === null ? [] : ['    -H "content-type: $C" -H "content-digest: $D" --data-raw "$B" \\']),
    '    -H "signature-input: sig=$L" -H "signature: sig=:$S:"',
    ')',
  ].join('\n');
}
