import { keyParts } from '../../shared/key-format.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import type { SnippetParts } from './parts.ts';

/** For a shell with curl and openssl. The parentheses run it in a subshell, so that it leaves no variable behind. */
export function curlSnippet({ apiKey, signingSecret, origin, authority, target }: SnippetParts): string {
  const { id } = keyParts(apiKey);
  const base = ['v1.request', id, '%s', '%s', 'GET', authority, '%s', '', '%s', '%s'].join('\\n');
  return `(
  T=$(date +%s) N=$(openssl rand -hex 16) P='${target}'
  E=${EMPTY_SHA256}
  S=$(printf '${base}' "$T" "$N" "$P" "$E" "$E" |
    openssl dgst -sha256 -hmac '${signingSecret}' | sed 's/.* //')
  curl -sS -i "${origin}$P" \\
    -H 'authorization: Bearer ${apiKey}' \\
    -H "x-signature: v1,k=${id},t=$T,n=$N,s=$S"
)`;
}
