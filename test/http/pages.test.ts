import { createHash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REFUSALS } from '../../shared/refusals.ts';
import { type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { send } from '../harness/wire.ts';

let service: TestService;
let ada: Person;

beforeAll(async () => {
  service = await startTestService();
  ada = await signUp(service);
});
afterAll(() => service.stop());

const get = (target: string, host = 'anything.example', method = 'GET') =>
  send(service.port, { method, target, headers: [['host', host]], body: null });

describe('outside /api', () => {
  it.each([
    ['/', 200],
    ['/healthz', 200],
    ['/readyz', 200],
    ['/.well-known/jwks.json', 200],
    ['/docs/refusals', 200],
    ['/nothing', 404],
    ['/healthz/', 404],
    ['/api', 404],
  ])('%s is answered %d on any authority', async (path, status) => {
    expect((await get(path)).status).toBe(status);
    expect((await get(path, '')).status).toBe(status);
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('%s is refused', async (method) => {
    expect((await get('/healthz', 'a', method)).status).toBe(405);
  });

  it('HEAD of a page has no body', async () => {
    const { status, text } = await get('/healthz', 'a', 'HEAD');
    expect([status, text]).toEqual([200, '']);
  });
});

describe('/docs/refusals', () => {
  const read = (language: string | null, search = '') =>
    send(service.port, {
      method: 'GET',
      target: `/docs/refusals${search}`,
      headers: [['host', 'a'], ...(language === null ? [] : [['accept-language', language] as const])],
      body: null,
    });

  it('lists every reason, with its status and its three parts', async () => {
    const { text } = await read(null);
    const sections = text.split('<section id="').slice(1);
    expect(sections.map((section) => section.split('"', 1)[0])).toEqual(Object.keys(REFUSALS));
    for (const section of sections) {
      expect(section.match(/<dt>[^<]+<\/dt><dd>.{10,}?<\/dd>/g), section.slice(0, 30)).toHaveLength(3);
    }
  });

  it.each([
    [null, '', 'en'],
    ['', '', 'en'],
    ['fr', '', 'fr'],
    ['fr-CA,en;q=0.8', '', 'fr'],
    ['en-GB,fr;q=0.9', '', 'en'],
    ['de, fr;q=0.7, en;q=0.3', '', 'fr'],
    ['*;q=0.5, fr;q=0', '', 'en'],
    ['fr;q=nonsense', '', 'en'],
    ['FR', '', 'fr'],
    ['de', '', 'en'],
    ['en', '?lang=fr', 'fr'],
    ['fr', '?lang=en', 'en'],
    ['fr', '?lang=%3Cscript%3E', 'fr'],
  ])('for a reader with %s%s is in %s', async (accepted, search, language) => {
    const { headers, text } = await read(accepted, search);
    expect([headers['content-language'], headers['vary']]).toEqual([
      language,
      'accept-language, accept-encoding',
    ]);
    expect(text).toContain(`<html lang="${language}">`);
  });

  it('is cacheable, frames nothing, runs only the choice of its colours, and loads only from its origin', async () => {
    const { headers, text } = await read(null);
    expect(headers['cache-control']).toBe('public, max-age=3600');
    const digestOf = (element: string) => {
      const content = new RegExp(`<${element}>([\\s\\S]*?)</${element}>`).exec(text)?.[1] ?? '';
      return `'sha256-${createHash('sha256').update(content).digest('base64')}'`;
    };
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; script-src ${digestOf('script')}; style-src ${digestOf('style')}; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    expect(text.match(/<script/g)).toHaveLength(1);
    expect(text).not.toMatch(/<iframe|\son\w+=|style="|(src|href)="(https?:)?\/\//);
  });

  it('leads back to the docs, the search and the keys', async () => {
    for (const [language, search, keys] of [
      ['en', 'Search', 'API keys'],
      ['fr', 'Rechercher', 'Clés d’API'],
    ] as const) {
      const bar = /<nav class="bar"[\s\S]*?<\/nav>/.exec((await read(language)).text)?.[0] ?? '';
      const links = [...bar.matchAll(/<a [^>]*href="([^"]*)"[^>]*>(?:<img[^>]*><b>)?([^<]*)/g)].map(
        ([, ...one]) => one,
      );
      expect(links).toEqual(
        expect.arrayContaining([
          ['../', 'Keyseal'],
          ['../docs', 'Documentation'],
          ['../docs#search', search],
          ['../keys', keys],
        ]),
      );
    }
  });
});

describe('/docs/api', () => {
  const pageIn = async (language: string) =>
    (await (await fetch(`${service.url}/docs/api?lang=${language}`)).text()).split('<main')[1] ?? '';

  it('describes the API and its areas in French too', async () => {
    const text = await pageIn('fr');
    expect(text).toContain('Trois preuves devant chaque procédure');
    expect(text).toContain('<p>Les comptes et leurs sessions.</p>');
    expect(await pageIn('en')).toContain('Three proofs in front of every procedure');
  });

  it('has no English text in French: neither in the proofs nor in any schema', async () => {
    const text = await pageIn('fr');
    expect(text.match(/lang="en">[^<]*/g)).toBeNull();
    for (const english of ['The API key', 'joined by', 'Always together', 'A worked example', 'instead of'])
      expect(text).not.toContain(english);
    expect(text).toContain('Toujours avec une signature de la clé.');
    expect(text).toContain('N’est montré qu’ici');
    expect(text).toContain('La valeur ne doit pas être vide.');
  });

  it('has the same worked example in both languages', async () => {
    const codeOf = (text: string) => {
      const [, proofs = ''] = /<h2 id="proofs">([\s\S]*?)<fieldset/.exec(text) ?? [];
      return [...proofs.matchAll(/<pre[^>]*>[\s\S]*?<\/pre>|<code>kss_\w{6}/g)].map(String);
    };
    const french = codeOf(await pageIn('fr'));
    expect(french.length).toBeGreaterThanOrEqual(5);
    expect(french).toEqual(codeOf(await pageIn('en')));
  });

  it('describes each built-in area, and not as one of the service’s own', async () => {
    expect(await pageIn('en')).not.toContain('Procedures of this service.');
    expect(await pageIn('fr')).not.toContain('Des procédures propres à ce service.');
  });
});

describe('/.well-known/jwks.json', () => {
  it('verifies user tokens, and has no private key', async () => {
    const jwks = (await get('/.well-known/jwks.json')).json;
    const { payload, protectedHeader } = await jwtVerify(ada.token, createLocalJWKSet(jwks), {
      issuer: service.url,
      audience: `${service.url}/api`,
      typ: 'at+jwt',
      algorithms: ['EdDSA'],
    });
    expect(payload).toMatchObject({ sub: ada.userId, sid: ada.id, client_id: 'keyseal' });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
    expect(protectedHeader.kid).toBe(jwks.keys[0].kid);
    expect(Object.keys(jwks.keys[0]).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x']);
  });
});
