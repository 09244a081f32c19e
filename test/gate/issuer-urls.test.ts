import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/lib/config.ts';
import { parseIssuers } from '../../server/lib/issuer-config.ts';

const entry = (issuer: string, more: object = {}) =>
  JSON.stringify([{ name: 'company', issuer, audience: 'api', userToken: true, ...more }]);

describe('the URL of an issuer', () => {
  it.each([
    'https://id.example',
    'https://id.example/',
    'https://id.example:8443/realms/company',
    'https://login.example.com/0f9d-11/v2.0',
    'https://id.example/users/ada@example.com',
    'https://xn--d-8ha.example',
    'https://[2001:db8::1]/a',
  ])('may be %s', (issuer) => {
    expect(parseIssuers(entry(issuer))).toMatchObject([{ issuer }]);
    expect(parseIssuers(entry('https://id.example', { jwksUri: issuer }))).toMatchObject([
      { jwksUri: issuer },
    ]);
  });

  it.each([
    'https://user@id.example',
    'https://user:password@id.example',
    'https://@id.example',
    'https://id.example\\@evil.example',
    'https:\\\\id.example',
    'https:id.example',
    'https:/id.example',
    'https:///id.example',
    '//id.example',
    'id.example',
    'https://',
    'ftp://id.example',
    'javascript:alert(1)',
    'https://id.example?a',
    'https://id.example#a',
    ' https://id.example',
    'https://id.example\n',
    'https://id.exa\tmple',
    'https://id.example/\u0000',
    'https://id.example/\u202e',
    'https://\u0456d.example',
    'https://id\u3002example',
    'https://id.example:99999',
  ])('is not %j', (issuer) => {
    for (const text of [entry(issuer), entry('https://id.example', { jwksUri: issuer })])
      expect(parseIssuers(text)).toMatch(/accepts an https URL in ASCII, without user, query and fragment$/);
  });
});

describe('in production, the URL of an issuer without TLS', () => {
  const production = {
    NODE_ENV: 'production',
    KEYSEAL_MASTER_KEYS: `1:${Buffer.alloc(32, 1).toString('base64')}`,
    KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com',
  };
  const configured = (issuer: string) => readConfig({ ...production, KEYSEAL_ISSUERS: entry(issuer) });

  it.each(['http://localhost:8080', 'http://127.0.0.1', 'http://127.1', 'http://2130706433', 'http://[::1]'])(
    'may be that of this machine: %s',
    (issuer) => {
      expect(configured(issuer).issuers[0]?.issuer).toBe(issuer);
    },
  );

  it.each([
    'http://id.example',
    'http://localhost.evil.example',
    'http://127.0.0.1.nip.io',
    'http://localhost.',
    'http://0.0.0.0',
    'http://[::]',
    'http://[::ffff:127.0.0.1]',
    'http://169.254.169.254',
    'http://10.0.0.1',
  ])('is not %s', (issuer) => {
    expect(() => configured(issuer)).toThrow(/accepts https origins in production/);
  });
});
