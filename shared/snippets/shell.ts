import { keyParts } from '../key-format.ts';
import { EMPTY_SHA256 } from '../signature.ts';
import type { SnippetParts, SnippetRequest, SnippetSecrets } from './parts.ts';
import type { ShellClient } from './shell-client.ts';

/** For a shell with a client and openssl. The parentheses run it in a subshell, so that it leaves no variable behind. */
export function shellSnippet(parts: SnippetParts, { start, header, data }: ShellClient): string {
  const { origin, authority, method, body, isForUser } = parts;
  const { id, apiKey, signingSecret } = keyIn(parts.secrets);
  const isEmpty = body === null || !isForUser;
  const word = body === null ? null : '"$B"';
  const line = ['v1.request', id.base, '%s', '%s', method, authority, '%s', body === null ? '' : '%s'];
  const base = [...line, '%s', '%s'].join('\\n');
  const values = [
    ...[...id.values, '$T', '$N', '$P'],
    ...(body === null ? [] : ['$C']),
    ...[isForUser ? '$U' : '$E', body === null ? '$E' : '$D'],
  ];
  return [
    '(',
    `  T=$(date +%s) N=$(openssl rand -hex 16) P=${shellQuote(parts.target)}`,
    ...id.lines,
    ...(isEmpty ? [`  E=${EMPTY_SHA256}`] : []),
    ...(isForUser ? [`  U=${shellDigest('$KEYSEAL_USER_TOKEN')}`] : []),
    ...(body === null
      ? []
      : [`  C=${shellQuote(parts.contentType)} B=${shellQuote(body)}`, `  D=${shellDigest('$B')}`]),
    `  S=$(printf '${base}' ${values.map((value) => `"${value}"`).join(' ')} |`,
    `    openssl dgst -sha256 -hmac ${signingSecret} | sed 's/.* //')`,
    `  ${start(method, `"${origin}$P"`, word)} \\`,
    `    ${header(apiKey)} \\`,
    ...(isForUser ? [`    ${header('"x-user-token: $KEYSEAL_USER_TOKEN"')} \\`] : []),
    ...(word === null ? [] : [`    ${header('"content-type: $C"')}${data(word)} \\`]),
    `    ${header(`"x-signature: v1,k=${id.use},t=$T,n=$N,s=$S"`)}`,
    ')',
  ].join('\n');
}

/** The key as literals, or as variables of the shell. */
function keyIn(secrets: SnippetSecrets | null) {
  if (secrets === null)
    return {
      id: {
        lines: ['  K=$(printf %s "$KEYSEAL_API_KEY" | cut -d_ -f3)'],
        base: '%s',
        values: ['$K'],
        use: '$K',
      },
      apiKey: '"authorization: Bearer $KEYSEAL_API_KEY"',
      signingSecret: '"$KEYSEAL_SIGNING_SECRET"',
    };
  const { id } = keyParts(secrets.apiKey);
  return {
    id: { lines: [], base: id, values: [], use: id },
    apiKey: `'authorization: Bearer ${secrets.apiKey}'`,
    signingSecret: `'${secrets.signingSecret}'`,
  };
}

/** The same call without a key and a signature. */
export function unsignedShellSnippet(
  origin: string,
  { method, target, contentType, body }: SnippetRequest,
  client: ShellClient,
): string {
  const word = body === null ? null : shellQuote(body);
  const type = client.header(shellQuote(`content-type: ${contentType}`));
  const sent = word === null ? '' : ` \\\n  ${type}${client.data(word)}`;
  return client.start(method, shellQuote(origin + target), word) + sent;
}

/** @param form how OpenSSL writes the digest: in hex by default */
export const shellDigest = (value: string, form = "| sed 's/.* //'") =>
  `$(printf %s "${value}" | openssl dgst -sha256 ${form})`;

/** A string as a word of a POSIX shell. */
export const shellQuote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
