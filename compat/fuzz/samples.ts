import { randomBytes } from 'node:crypto';
import { type Credentials, type Draft, sha256, sign } from '../../test/harness/wire.ts';
import type { Random } from './random.ts';

/** A signed request, and what its response says if it is admitted as signed. */
export interface Sample {
  readonly draft: Draft;
  readonly expected: string;
}

/** Makes a request; each call signs it again, with another nonce. */
export type Signer = () => Sample;

const LETTERS = [...'abz09-._~ /\\%+&=?#;:@!$\'()*,|<>{}[]^`"éß漢😀'];
const pick = <T>(random: Random, of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;

/** Spellings of a percent-encoded query that mean the same: each is signed as it is sent. */
const QUERY_FORMS: readonly ((query: string) => string)[] = [
  (query) => query,
  (query) => query.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  (query) => query.replaceAll('%20', '+'),
  (query) =>
    query.replaceAll('%22', '%22').replace(/[a-z]/, (letter) => `%${letter.charCodeAt(0).toString(16)}`),
  (query) => query.replaceAll('%3A', ':').replaceAll('%2C', ',').replaceAll('%3B', ';'),
  (query) => query.replaceAll('%2F', '/').replaceAll('%3F', '?').replaceAll('%40', '@'),
];
const PATH_FORMS = ['/api/exemple', '/api/%65xemple', '/api/exempl%65', '/api/exemple'] as const;

function randomText(random: Random): string {
  const length = 1 + Math.floor(random() * 20);
  return Array.from({ length }, () => pick(random, LETTERS)).join('');
}

/** A request of a random kind. @param authority that is signed */
export function randomSigner(random: Random, credentials: Credentials, authority: string): Signer {
  const text = randomText(random);
  const kinds = [
    () => {
      const form = pick(random, QUERY_FORMS);
      const target = `${pick(random, PATH_FORMS)}?input=${form(encodeURIComponent(JSON.stringify({ name: text })))}`;
      const expected = `Hello, ${text}!`;
      return () => ({ draft: sign(credentials, target, { authority }), expected });
    },
    () => {
      const body = JSON.stringify({ text });
      const contentType = pick(random, [
        'application/json',
        'application/json;charset=utf-8',
        'Application/JSON',
      ]);
      return () => ({
        draft: sign(credentials, '/api/echo', { authority, body, contentType }),
        expected: text,
      });
    },
    () => {
      const body = Buffer.from(text.repeat(1 + Math.floor(random() * 50)), 'utf8');
      const contentType = 'application/octet-stream';
      return () => ({
        draft: sign(credentials, '/api/upload', { authority, body, contentType }),
        expected: sha256(body),
      });
    },
  ];
  return pick(random, kinds)();
}

/** An honest request that no other resembles, whose response shows that a connection is not poisoned. */
export function probeSample(credentials: Credentials, authority: string): Sample {
  const name = randomBytes(8).toString('hex');
  const target = `/api/exemple?input=${encodeURIComponent(JSON.stringify({ name }))}`;
  return { draft: sign(credentials, target, { authority }), expected: `Hello, ${name}!` };
}
