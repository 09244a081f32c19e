import { sign as signBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startForAllTokens } from '../harness/all-tokens.ts';
import { beginSignIn, finish } from '../harness/external-sign-in.ts';
import { b64 } from '../harness/forge.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { callbackOf, claimsFor, ID_TOKEN, tokensWith } from '../harness/hostile-sign-in.ts';
import { logOut, logoutToken } from '../harness/logout-token.ts';
import type { TestService } from '../harness/service.ts';
import { type Answer, type Credentials, send, sign } from '../harness/wire.ts';
import { exchange, jobToken } from '../harness/workloads.ts';

let issuer: HostileIssuer;
let service: TestService;
let key: Credentials;

beforeAll(async () => {
  issuer = await startHostileIssuer();
  ({ service, key } = await startForAllTokens(issuer));
});
afterAll(async () => {
  await service.stop();
  await issuer.stop();
});

/** JSON values in place of the expected string, number or list. */
const VALUES = [
  '{"toString":1}',
  '[{"toString":1}]',
  '{"__proto__":{"aud":"keyseal"}}',
  `${'['.repeat(1_500)}${']'.repeat(1_500)}`,
  '"a\\u0000b"',
  '"\\ud800"',
  '1e999',
];
const HEADER = ['alg', 'typ', 'kid', 'crit', 'then', '__proto__'];
const CLAIMS = ['iss', 'sub', 'aud', 'exp', 'jti', 'sid', 'amr', 'email', 'events', 'then', '__proto__'];

/** The token with this member, as it is written, in its header or claims, signed by the issuer. */
function withMember(token: string, part: 0 | 1, name: string, value: string): string {
  const [header = '', claims = ''] = token.split('.').map((text, nth) => {
    if (nth !== part) return text;
    const { [name]: _, ...others } = JSON.parse(String(Buffer.from(text, 'base64url')));
    return b64(JSON.stringify(others).replace(/\}$/, `,${JSON.stringify(name)}:${value}}`));
  });
  const input = `${header}.${claims}`;
  const signer = issuer.published.get('first');
  return `${input}.${signer ? b64(signBytes('sha256', Buffer.from(input), signer)) : ''}`;
}

type Change = (token: string) => string;
const USES: Record<string, (change: Change) => Promise<Answer>> = {
  'a user token': (change) =>
    send(
      service.port,
      sign(key, '/api/whoami', { authority: service.authority, token: change(issuer.token()) }),
    ),
  'an ID token': async (change) => {
    const begun = await beginSignIn(service);
    issuer.answerWith(tokensWith(change(issuer.token(claimsFor(begun), ID_TOKEN))));
    return finish(service, callbackOf(issuer, begun), begun.flow);
  },
  'a token of a workload': (change) => exchange(service, change(jobToken(issuer))),
  'a logout token': (change) => logOut(service, change(logoutToken(issuer, { sub: 'nobody' }))),
};

it.each(Object.keys(USES))(
  'no value in the header or the claims of %s is a fault of the service',
  async (use) => {
    const members = [
      ...HEADER.map((name) => [0, name] as const),
      ...CLAIMS.map((name) => [1, name] as const),
    ];
    for (const [part, name] of members) {
      for (const value of VALUES) {
        const answer = await USES[use]?.((token) => withMember(token, part, name, value));
        expect([answer?.reason, answer?.text]).not.toEqual(
          expect.arrayContaining([expect.stringMatching(/INTERNAL|temporarily_unavailable/)]),
        );
      }
    }
    expect(service.log.filter((line) => /TypeError|RangeError|invalid byte sequence/.test(line))).toEqual([]);
  },
);
