import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { checkIssuers } from '../../cli/doctor/issuers.ts';
import { readConfig } from '../../server/lib/config.ts';
import { type HostileIssuer, startHostileIssuer } from '../harness/hostile-issuer.ts';
import { signInEntry } from '../harness/hostile-sign-in.ts';
import { SIGN_IN_CLIENT, startOidcIssuer } from '../harness/oidc-issuer.ts';

let issuer: HostileIssuer;
beforeAll(async () => {
  issuer = await startHostileIssuer();
});
afterAll(() => issuer.stop());
beforeEach(() => {
  for (const name of Object.keys(issuer.metadata)) delete issuer.metadata[name];
  issuer.claimToBe(issuer.issuer);
});

/** What doctor says about the issuer, and about what to register there. */
async function lines(more: object = {}, env: Record<string, string> = {}): Promise<string[]> {
  const issuers = JSON.stringify([signInEntry(issuer, more)]);
  const checks = await checkIssuers(readConfig({ KEYSEAL_ISSUERS: issuers, ...env }));
  return checks.map(({ state, found }) => `${state}: ${found}`);
}
const said = async (more: object = {}) => (await lines(more))[0];

it('doctor reports that people can sign in with an issuer', async () => {
  expect(await said()).toBe('right: company publishes one key, and people can sign in with it');
});

it('doctor reads each document of an issuer once', async () => {
  const before = [issuer.metadataRequests(), issuer.requests(), issuer.tokenRequests()];
  issuer.metadata['end_session_endpoint'] = `${issuer.issuer}/end`;
  await lines({ workload: true, userToken: true, audience: 'api', endSession: true });
  const after = [issuer.metadataRequests(), issuer.requests(), issuer.tokenRequests()];
  expect(after.map((count, nth) => count - (before[nth] ?? 0))).toEqual([1, 1, 1]);
});

describe('doctor asks the token endpoint whether it accepts the client, and', () => {
  const answering = (status: number, body: object, challenge?: string) => {
    issuer.answerWith((response) => {
      if (challenge) response.setHeader('www-authenticate', challenge);
      response.writeHead(status).end(JSON.stringify(body));
    });
  };
  afterEach(() => issuer.answerWith({}));

  it.each<[string, Parameters<typeof answering>, string]>([
    ['as the standard says', [401, { error: 'invalid_client' }, 'Basic realm="id"'], '401 basic'],
    ['with a status of its own', [400, { error: 'invalid_client' }], '400 invalid_client'],
    ['as Keycloak does', [401, { error: 'unauthorized_client' }], '401 unauthorized_client'],
    ['as Auth0 does', [401, { error: 'access_denied' }], '401 access_denied'],
    ['with what changes a terminal', [401, { error: 'no\u001b[2J' }], '401 no?[2J'],
  ])('reports that it refuses it %s', async (_, answer, shown) => {
    answering(...answer);
    expect(await said()).toBe(
      `wrong: company: the token endpoint does not accept clientId, clientSecret or clientKey: ${shown}`,
    );
  });

  it.each<[string, Parameters<typeof answering>]>([
    ['refuses the code', [400, { error: 'invalid_grant' }]],
    ['asks for something else', [400, { error: 'invalid_request' }]],
    ['fails', [500, {}]],
  ])('reports nothing of one that %s', async (_, answer) => {
    answering(...answer);
    expect(await said()).toMatch(/^right: /);
  });
});

it('doctor shows no characters of an issuer that control a terminal', async () => {
  issuer.claimToBe(`https://another.example/\u001b[2J${'x'.repeat(1_000)}`);
  const [found = ''] = await lines();
  expect(found).toMatch(/describes the issuer https:\/\/another\.example\/\?\[2Jx+$/);
  expect(found.length).toBeLessThan(400);
  issuer.claimToBe(issuer.issuer);
  Object.assign(issuer.metadata, { id_token_signing_alg_values_supported: ['\u001b[2J', { toString: 1 }] });
  expect(await said()).toMatch(/^wrong: company signs with \?\[2J, \{"toString":1\}; its entry/);
});

it.each<[string, Record<string, unknown>, RegExp]>([
  ['has no token endpoint', { token_endpoint: undefined }, /has no token_endpoint in its metadata/],
  ['has no URL where one must be', { authorization_endpoint: 7 }, /has no URL in authorization_endpoint/],
  ['cannot do PKCE', { code_challenge_methods_supported: ['plain'] }, /does not support PKCE with S256/],
  [
    'demands signed requests',
    { require_signed_request_object: true },
    /requires signed request objects \(RFC 9101\): its entry needs a clientKey/,
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

it('doctor reports that user tokens of other clients name nobody who signed in', async () => {
  const tokens = { userToken: true, audience: 'https://api.example.com' };
  issuer.metadata['subject_types_supported'] = ['pairwise'];
  expect((await lines(tokens))[1]).toMatch(/^unknown: company gives each client different subjects/);
  // Only sign-in, and an issuer that can use the same subject for all clients.
  expect((await lines())[1]).toMatch(/^right: register at company/);
  issuer.metadata['subject_types_supported'] = ['pairwise', 'public'];
  expect((await lines(tokens))[1]).toMatch(/^right: register at company/);
});

it('doctor names the URLs to register, with the base path', async () => {
  const [, register] = await lines(
    {},
    { KEYSEAL_PUBLIC_ORIGINS: 'http://localhost:4000/base', PORT: '4000' },
  );
  expect(register).toBe(
    'right: register at company: the redirect URI http://localhost:4000/base/sign-in/callback/company, and the back-channel logout URL http://localhost:4000/base/backchannel-logout',
  );
});

describe('doctor asks for an authorization that no provider gives, and', () => {
  const uri = 'http://localhost:4000/sign-in/callback/company';
  const env = { PORT: '4000' };
  afterEach(() => {
    issuer.authorize = null;
  });
  const page = (status: number, text: string) => (_: URL, response: ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'text/html' }).end(text);
  const redirect = (to: string) => (_: URL, response: ServerResponse) =>
    void response.writeHead(302, { location: to }).end();

  it('reports that the provider knows the redirect URI if it sends the error there', async () => {
    const asked: URL[] = [];
    issuer.authorize = (request, response) => {
      asked.push(request);
      redirect(`${uri}?error=unsupported_response_type&state=x`)(request, response);
    };
    expect(await lines({}, env)).toContain('right: company knows the redirect URI');
    const parameters = Object.fromEntries(asked[0]?.searchParams ?? []);
    // Nothing asks a person to sign in.
    expect(parameters).toMatchObject({
      client_id: 'keyseal',
      redirect_uri: uri,
      response_type: 'keyseal-doctor',
    });
    expect(asked).toHaveLength(1);
  });

  it.each<[string, (_: URL, response: ServerResponse) => void]>([
    ['Keycloak', page(400, '<p class="instruction">Invalid parameter: redirect_uri</p>')],
    ['Auth0', page(403, 'Callback URL mismatch.')],
    [
      'Okta',
      page(400, 'The &#39;redirect_uri&#39; parameter must be a Login redirect URI in the client app'),
    ],
    ['Entra ID', page(200, 'AADSTS50011: The redirect URI specified in the request does not match')],
    ['a page for errors', redirect('/error?error_description=The+redirect_uri+does+not+match')],
  ])('reports that it does not, as %s says it', async (_, authorize) => {
    issuer.authorize = authorize;
    expect(await lines({}, env)).toContain(
      `wrong: company does not know the redirect URI ${uri}: nobody can sign in to the console`,
    );
  });

  it.each<[string, (_: URL, response: ServerResponse) => void]>([
    ['another page', page(400, `<a href="/login?redirect_uri=${uri}">Unsupported response type</a>`)],
    ['a page to sign in', redirect('/login?redirect_uri=x')],
    [
      'JSON that repeats the request',
      page(400, JSON.stringify({ redirect_uri: uri, error_description: 'response type is not supported' })),
    ],
    [
      'an address that repeats the request',
      redirect(`/error?redirect_uri=${uri}&error_description=response_type+is+not+supported`),
    ],
    ['a page of another origin', redirect('http://localhost:4000.evil.example/')],
    ['nothing', (_, response) => void response.destroy()],
    ['a huge page', page(400, `redirect_uri is not known${'x'.repeat(400_000)}`)],
  ])('says nothing of an answer that is %s', async (_, authorize) => {
    issuer.authorize = authorize;
    expect((await lines({}, env)).join('\n')).not.toMatch(/knows? the redirect URI/);
  });

  it('asks nothing of a provider to which requests are pushed', async () => {
    Object.assign(issuer.metadata, {
      require_pushed_authorization_requests: true,
      pushed_authorization_request_endpoint: `${issuer.issuer}/par`,
    });
    let asked = 0;
    issuer.authorize = (_, response) => {
      asked++;
      response.end();
    };
    expect(await said()).toMatch(/^right: /);
    expect(asked).toBe(0);
  });

  it('is understood by a real provider, which starts no sign-in', async () => {
    const provider = await startOidcIssuer('ES256');
    const of = async (name: string) => {
      const entry = { name, issuer: provider.issuer, ...SIGN_IN_CLIENT, signIn: true };
      const config = readConfig({ KEYSEAL_ISSUERS: JSON.stringify([entry]), ...env });
      return (await checkIssuers(config)).map(({ state, found }) => `${state}: ${found}`);
    };
    expect(await of('company')).toContain('right: company knows the redirect URI');
    expect((await of('unknown')).at(1)).toMatch(/^wrong: unknown does not know the redirect URI http/);
    await provider.stop();
  });
});

describe('doctor, for an issuer at which signing out ends the session,', () => {
  it('names the page to register to which it sends browsers back', async () => {
    issuer.metadata['end_session_endpoint'] = `${issuer.issuer}/end`;
    const [found, register] = await lines({ endSession: true }, { PORT: '4000' });
    expect(found).toBe('right: company publishes one key, and people can sign in with it');
    expect(register).toMatch(/, and the post-logout redirect URI http:\/\/localhost:4000\/sign-in$/);
    // Only if the entry asks for it.
    const [, without] = await lines({}, { PORT: '4000' });
    expect(without).not.toContain('post-logout');
  });

  it.each<[string, unknown]>([
    ['has no such page', undefined],
    ['names none to which a browser may be sent', 'javascript:alert(1)'],
    ['names no text', 7],
    ['names no URL', 'the end'],
  ])('reports one that %s', async (_, url) => {
    issuer.metadata['end_session_endpoint'] = url;
    const [found] = await lines({ endSession: true });
    expect(found).toBe(
      'wrong: company has no end_session_endpoint to which a browser may be sent: nobody is signed out there',
    );
    // People can sign in all the same, and an entry that does not ask for it is right.
    expect(await said()).toMatch(/^right: /);
  });
});

it('doctor names only the logout URL for an issuer of user tokens', async () => {
  const entry = { name: 'api', issuer: issuer.issuer, audience: 'keyseal', userToken: true };
  const of = async (more: object) =>
    (await checkIssuers(readConfig({ KEYSEAL_ISSUERS: JSON.stringify([{ ...entry, ...more }]) }))).map(
      ({ found }) => found,
    );
  expect(await of({ clientId: 'web' })).toEqual([
    'api publishes one key',
    'register at api: the back-channel logout URL http://localhost:3000/backchannel-logout',
  ]);
  expect(await of({})).toEqual(['api publishes one key']);
});

it('doctor reports an issuer that signs with no accepted algorithm', async () => {
  expect(await said({ algorithms: ['ES256'] })).toBe(
    'wrong: company signs with RS256; its entry accepts ES256',
  );
  Object.assign(issuer.metadata, { id_token_signing_alg_values_supported: ['HS256'] });
  expect(await said()).toMatch(/^wrong: company signs with HS256; its entry accepts RS256, /);
});

describe('doctor, for an issuer of workloads,', () => {
  const found = async (more: object = {}) => {
    const entry = { name: 'ci', issuer: issuer.issuer, workload: true, ...more };
    const checks = await checkIssuers(readConfig({ KEYSEAL_ISSUERS: JSON.stringify([entry]) }));
    return checks.map(({ state, found: text }) => `${state}: ${text}`);
  };

  it('reads the metadata and the keys', async () => {
    expect(await found()).toEqual(['right: ci publishes one key, and its workloads can get keys']);
    issuer.claimToBe('https://another.example');
    expect(await found()).toEqual([
      expect.stringMatching(/^wrong: ci: .* describes the issuer https:\/\/another\.example$/),
    ]);
    // Without discovery, only the keys.
    expect(await found({ jwksUri: `${issuer.issuer}/keys` })).toEqual([
      'right: ci publishes one key, and its workloads can get keys',
    ]);
  });

  it('reports that it signs with no accepted algorithm', async () => {
    Object.assign(issuer.metadata, { id_token_signing_alg_values_supported: ['ES384'] });
    expect(await found({ algorithms: ['RS256'] })).toEqual([
      'wrong: ci signs with ES384; its entry accepts RS256',
    ]);
  });

  it('reports an audience without effect', async () => {
    expect(await found({ audience: 'https://keys.example.com' })).toEqual([
      'right: ci publishes one key, and its workloads can get keys',
      'wrong: ci has an audience, which has no effect without userToken: true',
    ]);
    expect(await found({ audience: 'https://keys.example.com', userToken: true })).toHaveLength(1);
  });
});
