import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { ConfigError, readConfig } from '../../server/lib/config.ts';
import { mutate, signUp } from '../harness/people.ts';
import { startTestService } from '../harness/service.ts';

const folder = mkdtempSync(join(tmpdir(), 'keyseal-brand-'));
const file = (name: string, content: string | Buffer) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';

const start = async (env: Record<string, string>) => {
  const service = await startTestService({ env });
  onTestFinished(() => service.stop());
  return service;
};

it('the page has the name, colour and logo of the operator, as text', async () => {
  const { url } = await start({
    KEYSEAL_BRAND_NAME: `Ada's "API" <b>`,
    KEYSEAL_BRAND_COLOR: '#00D084',
    KEYSEAL_BRAND_LOGO: file('logo.svg', SVG),
  });
  const text = await (await fetch(`${url}/keys`)).text();
  expect(text).not.toContain('<b>');
  expect(text).toMatch(/<title>Ada(&#39;|')s (&quot;|")API(&quot;|") &lt;b&gt;<\/title>/);
  expect(text).toContain('name="keyseal-brand-color" content="#00d084"');
  expect(text).toContain('href="/brand-logo"');
  const logo = await fetch(`${url}/brand-logo`);
  expect([logo.status, logo.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  expect(logo.headers.get('content-security-policy')).toBe(
    `default-src 'none'; style-src 'unsafe-inline'; sandbox`,
  );
  expect(logo.headers.get('x-content-type-options')).toBe('nosniff');
  expect(await logo.text()).toBe(SVG);
});

it('the pages of the docs, the icon and the key prefix are the operator’s too', async () => {
  const { url } = await start({
    KEYSEAL_BRAND: 'ada',
    KEYSEAL_BRAND_NAME: `Ada's "API" <b>`,
    KEYSEAL_BRAND_LOGO: file('icon.svg', SVG),
  });
  const home = await (await fetch(`${url}/keys`)).text();
  expect(home).toContain('name="keyseal-key-prefix" content="ada"');
  expect(home).toMatch(/<noscript>Ada(&#39;|')s/);
  for (const page of ['api', 'refusals']) {
    const response = await fetch(`${url}/docs/${page}`);
    const text = await response.text();
    expect(text).toMatch(/<title>[^<]+ · Ada(&#39;|')s (&quot;|")API(&quot;|") &lt;b&gt;<\/title>/);
    const bar = /<nav class="bar"[\s\S]*?<\/nav>/.exec(text)?.[0];
    expect(bar).toContain('<img src="../brand-logo" alt=""');
    expect(bar).toContain('API&quot; &lt;b&gt;');
    expect(bar).not.toContain('Keyseal');
    expect(text).toContain('<link rel="icon" href="../brand-logo">');
    expect(text).not.toMatch(/\bks_/);
  }
  const described = await (await fetch(`${url}/openapi.json`)).text();
  expect(described).not.toMatch(/\bks_/);
  expect(described).toContain('ada_<live|test>_<id>_<secret>');
  expect(described).toContain('"secret":"ada_live_');
  expect(JSON.parse(described).info.title).toBe(`Ada's "API" <b>`);
  const icon = await fetch(`${url}/favicon.ico`);
  expect([icon.status, icon.headers.get('content-type'), await icon.text()]).toEqual([
    ...[200, 'image/svg+xml', SVG],
  ]);
});

it('an authenticator app shows the name of the operator, and the host', async () => {
  const service = await start({ KEYSEAL_BRAND_NAME: 'Ada: API' });
  const ada = await signUp(service);
  const answer = await mutate(service, ada, 'secondFactor.begin', { password: ada.password });
  expect(answer.json.result.data.uri).toMatch(/^otpauth:\/\/totp\/Ada%20%20API%20localhost:/);
});

it('the page without them says Keyseal, and has no logo', async () => {
  const { url } = await start({});
  const text = await (await fetch(`${url}/keys`)).text();
  expect(text).toContain('<title>Keyseal</title>');
  expect(text).toContain('name="keyseal-brand-color" content=""');
  expect(text).toContain('href="/icon.svg"');
  expect(text).toContain('name="keyseal-key-prefix" content="ks"');
  const described = await (await fetch(`${url}/openapi.json`)).text();
  expect(described).toContain('"title":"Keyseal"');
  expect(described).toContain('"secret":"ks_live_');
  const icon = await fetch(`${url}/favicon.ico`);
  expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  expect(await (await fetch(`${url}/docs/refusals`)).text()).toContain(
    '<link rel="icon" href="../icon.svg">',
  );
  expect((await fetch(`${url}/brand-logo`)).status).toBe(404);
});

it.each([
  ['KEYSEAL_BRAND_COLOR', 'green'],
  ['KEYSEAL_BRAND_COLOR', '#123'],
  ['KEYSEAL_BRAND_COLOR', '#12345g'],
  ['KEYSEAL_BRAND_COLOR', 'red;background:url(//evil)'],
  ['KEYSEAL_BRAND_NAME', '   '],
  ['KEYSEAL_BRAND_NAME', 'x'.repeat(41)],
  ['KEYSEAL_BRAND_NAME', 'Key\u202eseal'],
  ['KEYSEAL_BRAND_NAME', 'Key\nseal'],
  ['KEYSEAL_BRAND_LOGO', join(folder, 'missing.png')],
  ['KEYSEAL_BRAND_LOGO', folder],
  ['KEYSEAL_BRAND_LOGO', file('logo.gif', PNG)],
  ['KEYSEAL_BRAND_LOGO', file('fake.png', SVG)],
  ['KEYSEAL_BRAND_LOGO', file('page.svg', '<html><script>1</script></html>')],
  ['KEYSEAL_BRAND_LOGO', file('huge.png', Buffer.concat([PNG, Buffer.alloc(256 * 1024)]))],
])('%s refuses %j', (name, value) => {
  expect(() => readConfig({ [name]: value })).toThrow(ConfigError);
  expect(() => readConfig({ [name]: value })).toThrow(name);
});

it('a PNG is a logo too', () => {
  const { branding } = readConfig({ KEYSEAL_BRAND_LOGO: file('logo.png', PNG) });
  expect(branding.logo?.type).toBe('image/png');
});
