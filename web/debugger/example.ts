import { keyPrefix } from '../../shared/key-format.ts';
import { EMPTY_SHA256 } from '../../shared/signature.ts';
import { BRAND } from '../ui/theme/brand.ts';
import type { Pastes } from './findings.ts';

const QUERY = '?input=%7B%22name%22%3A%22Ada%22%7D';
const [ID, TIME, NONCE] = ['jfJ31CVuhfQ5', '1795471483', 'oOKVqYX7Enwvq4VNAKjKs1'];

/** A request whose code signed the path without the query: a frequent mistake. The credentials are those of no key. */
export const EXAMPLE: Pastes = {
  request: `GET /api/exemple${QUERY} HTTP/1.1
host: api.example.com
authorization: Bearer ${keyPrefix(BRAND.keyPrefix, 'live', ID)}…
x-signature: v1,k=${ID},t=${TIME},n=${NONCE},s=${'0'.repeat(64)}`,
  base: [
    ...['v1.request', ID, TIME, NONCE, 'GET', 'api.example.com', '/api/exemple', ''],
    ...[EMPTY_SHA256, EMPTY_SHA256],
  ].join('\n'),
  secret: '',
};
