import { describe, expect, it } from 'vitest';
import { createBrowserSession } from '../../client/browser-session.ts';
import { createGuard, type GuardOptions } from '../../client/guard/index.ts';
import { createKeysealClient, type KeysealClientOptions, signRequest } from '../../client/index.ts';
import type { Credentials } from '../../client/signing/credentials.ts';

const apiKey = `ks_live_${'a'.repeat(12)}_${'b'.repeat(38)}`;
const pair = { apiKey, signingSecret: 'kss_a' };
const url = 'https://api.example.com';
const MISSING = [undefined, null, ''];

/** Each pair of credentials in which something is missing, and the property that the error must name. */
const INCOMPLETE = [
  ...MISSING.flatMap((nothing) => [
    { given: { apiKey: nothing, signingSecret: nothing }, named: /apiKey/ },
    { given: { ...pair, apiKey: nothing }, named: /apiKey/ },
    { given: { ...pair, signingSecret: nothing }, named: /signingSecret/ },
  ]),
  { given: { apiKey }, named: /signingSecret/ },
  { given: { signingSecret: 'kss_a' }, named: /apiKey/ },
  { given: { apiKey: undefined }, named: /apiKey/ },
  { given: { signingSecret: undefined }, named: /apiKey/ },
  { given: { ...pair, signingSecret: 7 }, named: /signingSecret/ },
  // A variable that was not set, with white space or quotes of its file, or of another credential.
  ...['undefined', ' ', 'kss_a\n', ' kss_a', '"kss_a"', 'kss_', apiKey].map((signingSecret) => ({
    given: { ...pair, signingSecret },
    named: /signingSecret/,
  })),
  ...['undefined', ' ', `${apiKey}\n`, `"${apiKey}"`].map((wrong) => ({
    given: { ...pair, apiKey: wrong },
    named: /apiKey/,
  })),
];

describe('A9: credentials that are missing are a TypeError at once, with a name', () => {
  it.each(INCOMPLETE)('if $given', async ({ given, named }) => {
    const guard = { url, authority: 'shop.example.com', ...given } as unknown as GuardOptions;
    const request = new Request(url);
    for (const make of [
      () => createKeysealClient({ url, ...given } as unknown as KeysealClientOptions),
      () => createGuard(guard),
    ]) {
      expect(make).toThrow(TypeError);
      expect(make).toThrow(named);
    }
    const signed = signRequest(request, given as unknown as Credentials);
    await expect(signed).rejects.toThrow(TypeError);
    await expect(signed).rejects.toThrow(named);
  });

  it('for a guard, whose members are all required', () => {
    expect(() => createGuard({ url, authority: 'shop.example.com' } as GuardOptions)).toThrow(/apiKey/);
  });

  it.each(MISSING)('for a session: %j', (nothing) => {
    const session = { id: 'ses_a', signingSecret: 'kss_a', accessToken: 'a', refreshToken: null };
    for (const [member, named] of [
      ['id', /sessionId/],
      ['signingSecret', /signingSecret/],
      ['accessToken', /accessToken/],
    ] as const) {
      const options = { url, session: { ...session, [member]: nothing } };
      expect(() => createKeysealClient(options as unknown as KeysealClientOptions)).toThrow(named);
    }
  });

  it.each(['session', 'userToken', 'verifyResponses', 'onReceipt'])(
    'of a client without which it does less than asked: %s',
    (name) => {
      const options = { url, ...pair, [name]: undefined } as unknown as KeysealClientOptions;
      expect(() => createKeysealClient(options)).toThrow(TypeError);
      expect(() => createKeysealClient(options)).toThrow(`${name} is undefined`);
    },
  );

  it.each(['api_key', 'apikey', 'APIKey', 'API-KEY'])('of a client, misspelt: %s', (name) => {
    const options = { url, [name]: apiKey } as unknown as KeysealClientOptions;
    expect(() => createKeysealClient(options)).toThrow(`${name} is not an option: write apiKey`);
  });

  it('and only a client that names neither calls without a key', () => {
    expect(() => createKeysealClient({ url })).not.toThrow();
    expect(() => createKeysealClient({ url, session: null })).not.toThrow();
    expect(() => createKeysealClient({ url, ...pair })).not.toThrow();
  });
});

const NO_URLS = [undefined, null, '', 'api.example.com', '/api', 'mailto:a@example.com', 'file:///api'];

describe('A9: a url or an authority that is nonsense is a TypeError with a name', () => {
  it.each(NO_URLS)('url %j', (nonsense) => {
    const wrong = nonsense as string;
    expect(() => createKeysealClient({ url: wrong })).toThrow(/^url is not/);
    expect(() => createBrowserSession({ url: wrong })).toThrow(/^url is not/);
    expect(() => createGuard({ url: wrong, ...pair, authority: 'shop.example.com' })).toThrow(/^url is not/);
  });

  it.each([
    undefined,
    null,
    '',
    [],
    [''],
    ['shop.example.com', undefined],
    7,
    'https://shop.example.com',
    'shop.example.com/',
    'a b',
    'shop.example.com:443',
    'shop.example.com:99999',
    'a@b',
  ])('authority %j', (nonsense) => {
    const authority = nonsense as string;
    expect(() => createGuard({ url, ...pair, authority })).toThrow(/^authority is not/);
  });

  it.each([
    { maxBody: Number.NaN },
    { maxBody: -1 },
    { timeout: 0 },
    { minRate: Number.POSITIVE_INFINITY },
    { address: 'x-forwarded-for' },
  ])('option %j', (wrong) => {
    const options = { url, ...pair, authority: 'shop.example.com', ...wrong } as unknown as GuardOptions;
    expect(() => createGuard(options)).toThrow(TypeError);
    expect(() => createGuard(options)).toThrow(Object.keys(wrong)[0]);
  });
});
