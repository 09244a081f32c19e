import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { checkIssuers } from '../../cli/doctor/issuers.ts';
import { readConfig } from '../../server/lib/config.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { signInEntry } from '../harness/hostile-sign-in.ts';

let issuer: HostileIssuer;
beforeAll(async () => {
  issuer = await startHostileIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => {
  for (const name of Object.keys(issuer.metadata)) delete issuer.metadata[name];
  issuer.claimToBe(issuer.issuer);
});

/** What doctor says about the issuer. */
async function said(): Promise<string> {
  const [check] = await checkIssuers(readConfig({ KEYSEAL_ISSUERS: JSON.stringify([signInEntry(issuer)]) }));
  return `${check?.state}: ${check?.found}`;
}

it('doctor reports that people can sign in with an issuer', async () => {
  expect(await said()).toBe('right: company publishes 1 keys, and people can sign in with it');
});

it.each<[string, Record<string, unknown>, RegExp]>([
  ['has no token endpoint', { token_endpoint: undefined }, /has no token_endpoint in its metadata/],
  ['has no URL where one must be', { authorization_endpoint: 7 }, /has no URL in authorization_endpoint/],
  ['cannot do PKCE', { code_challenge_methods_supported: ['plain'] }, /does not support PKCE with S256/],
  [
    'demands signed requests',
    { require_signed_request_object: true },
    /requires signed request objects \(RFC 9101\), which are not supported/,
  ],
])('doctor reports that an issuer %s', async (_, metadata, sentence) => {
  Object.assign(issuer.metadata, metadata);
  expect(await said()).toMatch(sentence);
  expect(await said()).toMatch(/^wrong: company: /);
});

it('doctor reports metadata of another issuer', async () => {
  issuer.claimToBe('https://another.example');
  expect(await said()).toMatch(/describes the issuer https:\/\/another\.example/);
});
