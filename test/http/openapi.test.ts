import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createProcedure } from '../../sdk/create-procedure.ts';
import { builtInApi } from '../../server/app/router.ts';
import { routes } from '../../server/app/routes.ts';
import type { ApiDocument } from '../../server/rpc/api-document.ts';
import { buildRegistry as describeApi } from '../../server/rpc/procedure-registry.ts';
import { router } from '../../server/rpc/trpc.ts';
import type { ProcedureGuard } from '../../shared/guard.ts';
import { fr } from '../../shared/procedure-docs/fr.ts';
import type { ProcedureText } from '../../shared/procedure-docs/procedure-text.ts';
import { operationIn, reasonsIn } from '../harness/api-document.ts';
import { type Person, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Draft, queryTarget, send, sign, withHeader } from '../harness/wire.ts';

const EVIL = `</code><script>alert(1)</script><img src=x onerror="alert(2)">'"&`;
const procedure = createProcedure(['notes:write']);
const own = {
  notes: {
    add: procedure({ access: 'key', permission: 'notes:write', description: `Adds. ${EVIL}` })
      .input(
        z.strictObject({
          [EVIL]: z.string().describe(EVIL),
          kind: z.enum([EVIL, 'b']),
          re: z.string().regex(/<b>/),
        }),
      )
      .output(z.object({ [EVIL]: z.literal(EVIL) }).describe(EVIL))
      .mutation(() => ({ [EVIL]: EVIL as never })),
    [EVIL]: procedure({ access: 'any' }).query(() => 1),
    '" onclick="x': procedure({ access: 'any' }).query(() => 1),
  },
};

let service: TestService;
let ada: Person;
let document: ApiDocument;

beforeAll(async () => {
  const api = describeApi(router({ ...routes, ...own }));
  service = await startTestService({ api, env: { KEYSEAL_PERMISSIONS: 'notes:write' } });
  ada = await signUp(service);
  document = (await get('/openapi.json')).json;
});
afterAll(() => service.stop());

const get = (target: string, headers: Draft['headers'] = [], method = 'GET') =>
  send(service.port, { method, target, headers: [['host', 'anything.example'], ...headers], body: null });

describe('/openapi.json', () => {
  it('is public, for any page, and cacheable', async () => {
    const { status, headers, json } = await get('/openapi.json');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'public, max-age=300',
      'access-control-allow-origin': '*',
      'x-content-type-options': 'nosniff',
    });
    expect(json).toMatchObject({ openapi: '3.1.1', servers: [{ url: service.url }] });
  });

  it('is not sent again to a client that has it cached', async () => {
    const { headers, text } = await get('/openapi.json');
    const etag = String(headers['etag']);
    expect(etag).toMatch(/^"[\w-]+"$/);
    for (const known of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await get('/openapi.json', [['if-none-match', known]]);
      expect([again.status, again.text, again.headers['etag']]).toEqual([304, '', etag]);
      expect(again.headers['content-length']).toBeUndefined();
    }
    // RFC 9110 §13.1.2: `*` matches any representation that exists.
    for (const method of ['GET', 'HEAD']) {
      const any = await get('/openapi.json', [['if-none-match', '*']], method);
      expect([any.status, any.text, any.headers['etag']]).toEqual([304, '', etag]);
    }
    expect((await get('/no-such-page', [['if-none-match', '*']])).status).toBe(404);
    const other = await get('/openapi.json', [['if-none-match', '"other"']]);
    expect([other.status, other.text]).toEqual([200, text]);
  });

  it('has the procedures of the running service, built-in and custom', () => {
    const names = [...service.running.service.api.procedures.keys()];
    const paths = names.map((name) => `/api/${encodeURIComponent(name)}`);
    expect(Object.keys(document.paths)).toEqual(paths);
    expect(operationIn(document, 'notes.add').description).toContain('Permission: `notes:write`');
  });
});

describe('the refusal of a call', () => {
  const said = async (name: string, draft: Draft): Promise<Answer> => {
    const answer = await send(service.port, draft);
    const reasons = new Map<number, string[]>(reasonsIn(operationIn(document, name), document));
    expect(reasons.get(answer.status) ?? [], `${name} ${answer.text}`).toContain(answer.reason);
    return answer;
  };
  const json = (
    who: { signingSecret: string; id: string; apiKey: string | null },
    name: string,
    input: unknown,
  ) => sign(who, `/api/${name}`, { authority: service.authority, body: JSON.stringify(input) });
  const key = (name: string, input?: unknown) =>
    sign(service.demo, queryTarget(name, input), { authority: service.authority });

  it('is in the document, for proofs', async () => {
    const right = key('exemple');
    for (const name of ['authorization', 'x-signature']) await said('exemple', withHeader(right, name, null));
    await said('exemple', withHeader(right, 'authorization', 'Bearer ks_live_x'));
    await said('exemple', withHeader(right, 'x-signature', 'v2'));
    await said('exemple', withHeader(right, 'x-user-token', 'no.token.here'));
    const old = sign(service.demo, queryTarget('exemple'), { authority: service.authority, t: 1700000000 });
    await said('exemple', old);
    await send(service.port, right);
    expect((await said('exemple', right)).reason).toBe('SIGNATURE_REPLAYED');
    await said('exemple', withHeader(right, 'host', 'elsewhere.example'));
    await said('exemple', withHeader(right, 'content-encoding', 'gzip'));
    await said('exemple', withHeader(right, 'authorization', `Bearer ${'a'.repeat(9000)}`));
    const { token } = ada;
    await said('keys.list', sign(ada, queryTarget('keys.list'), { authority: service.authority }));
    const asAda = (name: string) => sign(ada, queryTarget(name), { authority: service.authority, token });
    expect((await said('exemple', asAda('exemple'))).reason).toBe('ACCESS_DENIED');
    await said('profile', key('profile'));
    await said('workspaces.list', key('workspaces.list'));
  });

  it('is in the document, for inputs and for refusals of the procedure itself', async () => {
    await said('exemple', key('exemple', { name: '' }));
    await said('keys.get', key('keys.get', { id: 'nobody' }));
    await said('owners.get', key('owners.get', { externalId: 'nobody' }));
    await said('keys.delete', json(service.demo, 'keys.delete', { id: service.demo.id }));
    await said('keys.rotate', json(service.demo, 'keys.rotate', { id: 'nobody', graceSeconds: 0 }));
    await said('echo', json(service.demo, 'echo', { txt: '' }));
    await said('echo', json(service.demo, 'echo', { text: 'a'.repeat(1_100_000) }));
    const form = sign(service.demo, '/api/upload', {
      authority: service.authority,
      contentType: 'text/plain',
      body: 'x',
    });
    await said('upload', form);
    const unsigned = (name: string, input: unknown): Draft => ({
      ...json(ada, name, input),
      headers: [
        ['host', service.authority],
        ['content-type', 'application/json'],
      ],
    });
    await said('auth.signIn', unsigned('auth.signIn', { email: ada.email, password: 'wrong' }));
    await said(
      'auth.signUp',
      unsigned('auth.signUp', { email: ada.email, password: 'correct horse battery' }),
    );
    await said('auth.reset', unsigned('auth.reset', { token: 'x', newPassword: 'correct horse battery' }));
    await said('auth.refresh', json(ada, 'auth.refresh', {}));
    await said('auth.refresh', json(ada, 'auth.refresh', { refreshToken: 'x' }));
  });

  it('of an admitted stream is the event that the document names', async () => {
    const draft = key('keys.tail', { id: 'nobody' });
    const { status, text } = await send(service.port, draft);
    const { responses } = operationIn(document, 'keys.tail');
    const description = responses['200'] && 'description' in responses['200'] && responses['200'].description;
    expect(status).toBe(200);
    expect(text).toContain('event: serialized-error');
    expect(text).toContain('KEY_NOT_FOUND');
    expect(description).toMatch(/`serialized-error`.*`KEY_NOT_FOUND`/);
  });

  it('does not occur for a mutation without input, with an empty object', async () => {
    const { token } = ada;
    const target = '/api/auth.signOut';
    const other = await signUp(service);
    const draft = sign(other, target, { authority: service.authority, token: other.token, body: '{}' });
    expect(token).toBeTruthy();
    expect((await send(service.port, draft)).status).toBe(200);
  });
});

describe('/docs/api', () => {
  it.each([
    ['en', ({ description }: ProcedureGuard<string>) => description, 'Refused with'],
    ['fr', (_: unknown, name: string) => (fr as Record<string, ProcedureText>)[name]?.does, 'Refusé avec'],
  ] as const)(
    'in %s has every procedure, its anchor, and its description',
    async (language, textOf, words) => {
      const { status, headers, text } = await get('/docs/api', [['accept-language', language]]);
      expect([status, headers['content-language'], headers['vary']]).toEqual([
        200,
        language,
        'accept-language, accept-encoding',
      ]);
      expect(headers['content-type']).toBe('text/html; charset=utf-8');
      for (const [name, { guard }] of builtInApi.procedures) {
        const section = text.split(`<section id="${name}">`)[1]?.split('</section>')[0] ?? '';
        expect(section, name).toContain(`/api/${name}`);
        expect(section, name).toContain(words);
        const begin = textOf(guard, name)?.split(/[`[*"'&<]/, 1)[0] ?? 'its text';
        expect(section, name).toContain(begin);
      }
      expect(text).toContain('href="/docs/refusals#KEY_NOT_FOUND"');
      expect(text).toContain('href="/openapi.json"');
    },
  );

  it('runs one script of its own, loads its logo, and frames nothing, with any name of a procedure', async () => {
    const { headers, text } = await get('/docs/api');
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^ ]+'; style-src 'sha256-[^ ]+'; font-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'/,
    );
    for (const name of ['script', 'style']) {
      const [only, ...others] = [...text.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, 'g'))];
      const digest = createHash('sha256')
        .update(only?.[1] ?? '')
        .digest('base64');
      expect(policy).toContain(`${name}-src 'sha256-${digest}';`);
      expect(others).toEqual([]);
    }
    const tags = [...text.matchAll(/<[^>]*>/g)].map(([tag]) => tag);
    expect(text).not.toMatch(/<(script\s|iframe|object|svg|form)\b/i);
    const loaded = tags.filter((tag) => /^<(img|link)\b/i.test(tag));
    expect(loaded.filter((tag) => !/(src|href)="\.\.\/icon\.svg"/.test(tag))).toEqual([]);
    expect(tags.filter((tag) => /\son\w+\s*=|\sstyle\s*=|javascript:/i.test(tag))).toEqual([]);
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    // Every reference leads to the service itself.
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, to = '']) => to);
    expect(
      links.filter(
        (to) =>
          !/^(#|\?lang=|\.\.\/(docs(#search)?|keys|icon\.svg)?$|[a-z-]+(#.+)?$|\/docs\/refusals#|\/openapi\.json$)/.test(
            to,
          ),
      ),
    ).toEqual([]);
  });

  it('links to existing anchors', async () => {
    const { text } = await get('/docs/api');
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const to = [...text.matchAll(/href="#([^"]*)"/g)].map(([, id]) => id);
    expect(to.length).toBeGreaterThan(90);
    expect(to.filter((id) => !ids.includes(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
