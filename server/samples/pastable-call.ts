import { keyParts } from '../../shared/key-format.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';

/**
 * A call of `exemple` for bash, curl and openssl, which signs when it is run.
 * @param origin the service's origin, such as http://localhost:3000
 */
export function pastableCall(origin: string, apiKey: string, signingSecret: string): string {
  const { host } = new URL(origin);
  const target = '/api/exemple?input=%7B%22name%22%3A%22Ada%22%7D';
  const { id } = keyParts(apiKey);
  const base = ['v1.request', id, '%s', '%s', 'GET', host, '%s', '', EMPTY_SHA256, EMPTY_SHA256].join('\\n');
  return `(
  T=$(date +%s) N=$(openssl rand -hex 16) P='${target}'
  S=$(printf '${base}' "$T" "$N" "$P" | openssl dgst -sha256 -hmac '${signingSecret}' | sed 's/.* //')
  curl -sS -i "${origin}$P" -H 'authorization: Bearer ${apiKey}' -H "x-signature: v1,k=${id},t=$T,n=$N,s=$S"
)`;
}
