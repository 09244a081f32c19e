import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Person, personOf, publicDraft } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Answer, type Draft, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let nth = 0;

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const PASSWORD = 'correct horse battery';

function publicCall(name: string, input: object, origin: string | null = service.url): Promise<Answer> {
  return send(service.port, withHeader(publicDraft(service, name, input), 'origin', origin));
}

const cookieOf = ({ headers }: Answer): string => String(headers['set-cookie']).split(';', 1)[0] ?? '';

/** A person whose refresh token is in a cookie. */
async function inBrowser(): Promise<{ person: Person; cookie: string; answer: Answer }> {
  const email = `page-${++nth}@example.com`;
  const answer = await publicCall('auth.signUp', { email, password: PASSWORD, cookie: true });
  return { person: personOf(answer, email, PASSWORD), cookie: cookieOf(answer), answer };
}

function refresh(person: Person, headers: Record<string, string>, input: object = {}): Promise<Answer> {
  const options = { authority: service.authority, body: JSON.stringify(input) };
  let draft: Draft = sign(person, '/api/auth.refresh', options);
  for (const [name, value] of Object.entries(headers)) draft = withHeader(draft, name, value);
  return send(service.port, draft);
}

describe('the refresh token of a page', () => {
  it('is in a __Host- cookie that no script reads and no other site sends, and not in the answer', async () => {
    const { answer } = await inBrowser();
    expect(answer.headers['set-cookie']?.[0]).toMatch(
      /^__Host-keyseal-refresh=ksr_1_[0-9a-f]{64}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect(answer.json.result.data.session.refreshToken).toBeNull();
    expect(answer.text).not.toContain('ksr_');
  });

  it('is set by sign-in too, and rotated by auth.refresh', async () => {
    const { person, cookie } = await inBrowser();
    const input = { email: person.email, password: PASSWORD, cookie: true };
    expect(cookieOf(await publicCall('auth.signIn', input))).toMatch(/^__Host-keyseal-refresh=ksr_1_/);
    const answer = await refresh(person, { origin: service.url, cookie });
    expect(cookieOf(answer)).toMatch(/^__Host-keyseal-refresh=ksr_2_/);
    expect(answer.json.result.data.session.refreshToken).toBeNull();
  });

  it('is found among other cookies', async () => {
    const { person, cookie } = await inBrowser();
    const answer = await refresh(person, { origin: service.url, cookie: `a=b; ${cookie}; c=d` });
    expect(answer.status).toBe(200);
  });

  it('is deleted at sign-out', async () => {
    const { person, cookie } = await inBrowser();
    const options = { authority: service.authority, body: '{}', token: person.token };
    const draft = sign(person, '/api/auth.signOut', options);
    const answer = await send(service.port, withHeader(draft, 'cookie', cookie));
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-keyseal-refresh=; .*Max-Age=0$/);
  });

  it.each<[string, string | null]>([
    ['of another site', 'https://evil.example'],
    ['of a site whose name begins alike', `http://localhost.evil.example`],
    ['of another port', 'http://localhost:1'],
    ['in capitals', 'HTTP://LOCALHOST'],
    ['that is null', 'null'],
    ['that is missing', null],
  ])('is not accepted from a page %s', async (_, origin) => {
    const { person, cookie } = await inBrowser();
    const answer = await refresh(person, { cookie, ...(origin ? { origin } : {}) });
    expect(answer.reason).toBe('ACCESS_DENIED');
    expect((await refresh(person, { origin: service.url, cookie })).status).toBe(200);
    const input = { email: person.email, password: PASSWORD, cookie: true };
    const signedIn = await publicCall('auth.signIn', input, origin);
    expect([signedIn.reason, signedIn.headers['set-cookie']]).toEqual(['ACCESS_DENIED', undefined]);
  });

  it('is refused in both the cookie and the body', async () => {
    const { person, cookie } = await inBrowser();
    const refreshToken = cookie.split('=')[1];
    const answer = await refresh(person, { origin: service.url, cookie }, { refreshToken });
    expect(answer.reason).toBe('REQUEST_MALFORMED');
  });

  it('is useless without the session’s signature', async () => {
    const [ada, eve] = [await inBrowser(), await inBrowser()];
    const draft = publicDraft(service, 'auth.refresh', {});
    const unsigned = withHeader(withHeader(draft, 'cookie', ada.cookie), 'origin', service.url);
    expect((await send(service.port, unsigned)).reason).toBe('SIGNATURE_MISSING');
    const headers = { origin: service.url, cookie: ada.cookie };
    expect((await refresh(eve.person, headers)).reason).toBe('TOKEN_INVALID');
  });
});
