import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, type Draft, send, sign } from '../harness/wire.ts';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({
    env: {
      KEYSEAL_TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, fd00::/8',
      KEYSEAL_PUBLIC_ORIGINS: 'https://api.example.com,http://localhost:8080,https://[2001:db8::1]',
      KEYSEAL_ADDRESS_FAILURES: '3',
    },
  });
});
afterAll(() => service.stop());

/** A call through a proxy on this machine, whose own host header is not ours. */
function proxied(headers: [string, string][], authority = 'api.example.com', host = 'proxy.internal'): Draft {
  const draft = sign(service.demo, '/api/exemple', { authority });
  const others = draft.headers.filter(([name]) => name !== 'host');
  return { ...draft, headers: [['host', host], ...headers, ...others] };
}
const outcome = async (draft: Draft) => {
  const { status, reason } = await send(service.port, draft);
  return reason ?? String(status);
};

describe('a service behind a trusted proxy', () => {
  it.each([
    ['api.example.com', 'api.example.com'],
    ['API.Example.COM', 'api.example.com'],
    ['api.example.com:443', 'api.example.com'],
    ['localhost:8080', 'localhost:8080'],
    ['[2001:db8::1]', '[2001:db8::1]'],
  ])('takes the authority from x-forwarded-host: %s', async (forwarded, authority) => {
    expect(await outcome(proxied([['x-forwarded-host', forwarded]], authority))).toBe('200');
  });

  it.each([
    ['the other scheme’s port', 'api.example.com:80'],
    ['an unknown host', 'evil.example'],
    ['a host that begins alike', 'api.example.com.evil.example'],
    ['a trailing dot', 'api.example.com.'],
    ['user information', 'x@api.example.com'],
    ['another spelling of an address', '[2001:DB8:0::1]'],
  ])('refuses x-forwarded-host with %s', async (_, forwarded) => {
    expect(await outcome(proxied([['x-forwarded-host', forwarded]]))).toBe('AUTHORITY_UNKNOWN');
  });

  it.each<[string, [string, string][]]>([
    ['two hosts', [['x-forwarded-host', 'api.example.com, evil.example']]],
    [
      'a host twice',
      [
        ['x-forwarded-host', 'api.example.com'],
        ['x-forwarded-host', 'api.example.com'],
      ],
    ],
    ['an empty host', [['x-forwarded-host', '']]],
    ...[
      'example.com',
      '1.2.3',
      '1.2.3.4.5',
      '1.2.3.004',
      '1.2.3.4:',
      '[1.2.3.4]',
      '[::1',
      '1.2.3.4/24',
      '1.2.3.4 5',
    ].map((address): [string, [string, string][]] => [
      `"${address}" for an address`,
      [
        ['x-forwarded-host', 'api.example.com'],
        ['x-forwarded-for', address],
      ],
    ]),
  ])('refuses forwarding with %s as malformed', async (_, headers) => {
    expect(await outcome(proxied(headers))).toBe('REQUEST_MALFORMED');
  });

  it('takes the proxy’s own host without x-forwarded-host', async () => {
    expect(await outcome(proxied([], 'api.example.com', 'api.example.com'))).toBe('200');
    expect(await outcome(proxied([]))).toBe('AUTHORITY_UNKNOWN');
  });
});

describe('the address for which failures are counted', () => {
  /** The answer to a client behind a chain of hops after its fourth failure. */
  async function fourth(chain: (n: number) => string): Promise<string> {
    let last = '';
    for (let n = 0; n < 4; n++) {
      const headers: [string, string][] = [['x-forwarded-for', chain(n)]];
      const draft = proxied(headers, 'api.example.com', 'api.example.com');
      const wrong = draft.headers.map(([name, value]): [string, string] =>
        name === 'x-signature' ? [name, value.replace(/s=.*/, `s=${'0'.repeat(64)}`)] : [name, value],
      );
      last = await outcome({ ...draft, headers: wrong });
    }
    return last;
  }

  it.each<[string, (n: number) => string]>([
    ['of the client', () => '203.0.113.1'],
    ['of the client behind further proxies', () => '203.0.113.2, 10.1.1.1, fd00::1'],
    ['to the right of what the client claims', (n) => `198.51.100.${n}, 203.0.113.3, 10.1.1.1`],
    ['of an IPv6 /64', (n) => `2001:db8:1:2:${n}::1`],
    ['of an IPv4 address in IPv6', (n) => (n % 2 ? '::ffff:203.0.113.4' : '203.0.113.4')],
  ])('is the one %s', async (_, chain) => {
    expect(await fourth(chain)).toBe('TOO_MANY_FAILURES');
  });

  it('is separate from other addresses', async () => {
    expect(await fourth((n) => `203.0.113.${10 + n}`)).toBe('SIGNATURE_INVALID');
    expect(await fourth((n) => `2001:db8:1:${10 + n}::1`)).toBe('SIGNATURE_INVALID');
  });

  it('does not delay a valid request', async () => {
    const headers: [string, string][] = [['x-forwarded-for', '203.0.113.1']];
    await fourth(() => '203.0.113.1');
    expect(await outcome(proxied(headers, 'api.example.com', 'api.example.com'))).toBe('200');
  });
});

describe('B4: x-forwarded-for as gateways write it', () => {
  const ADDRESS = '203.0.113.7';
  const V6 = '2001:db8::7';
  let narrow: Credentials;
  beforeAll(async () => {
    const ada = await signUp(service);
    const more = { permissions: ['exemple:read'], allowedAddresses: [ADDRESS, V6] };
    narrow = await createKey(service, ada, more);
  });

  /** A call of a key that may be used only from two IP addresses. */
  const from = async (chain: string, key = narrow) => {
    const draft = sign(key, '/api/exemple', { authority: 'api.example.com' });
    return outcome({ ...draft, headers: [...draft.headers, ['x-forwarded-for', chain]] });
  };

  it.each([
    ADDRESS,
    `${ADDRESS}:51008`,
    ` ${ADDRESS}:51008 `,
    `"${ADDRESS}:51008"`,
    `::ffff:${ADDRESS}`,
    `::FFFF:cb00:7107`,
    `0:0:0:0:0:ffff:${ADDRESS}`,
    `[::ffff:${ADDRESS}]:443`,
    `${ADDRESS}:_port, 10.0.0.1:80`,
    V6,
    `[${V6}]`,
    `[${V6}]:443`,
    `"[${V6}]:443"`,
    '2001:DB8:0:0::7',
    `[${V6}%25eth0]:443`,
    `${V6}%eth0`,
    `unknown, ${ADDRESS}:1`,
    `, ${ADDRESS}`,
    `not an address, ${ADDRESS}`,
  ])('"%s" names the address that the key allows', async (chain) => {
    expect(await from(chain)).toBe('200');
  });

  it.each([
    'unknown',
    'Unknown',
    'unknown:1234',
    '_hidden',
    '-',
    '_SEVKISEK:_p',
    'unix:',
    '',
    `${ADDRESS},`,
    `${ADDRESS}, unknown`,
    `${ADDRESS}, _x, 10.0.0.1`,
  ])('"%s" is an unknown address: only a key without allowed addresses may be used', async (chain) => {
    expect(await from(chain)).toBe('IP_DENIED');
    expect(await from(chain, service.demo)).toBe('200');
  });

  it.each([`${ADDRESS}, 203.0.113.8:1`, '203.0.113.70', '[2001:db8::8]:443'])(
    '"%s" is another address',
    async (chain) => {
      expect(await from(chain)).toBe('IP_DENIED');
    },
  );

  it('sign-up, sign-in and a session work from an unknown address', async () => {
    const headers = [
      ['host', 'api.example.com'],
      ['content-type', 'application/json'],
      ['x-forwarded-for', 'unknown'],
    ] as const;
    const person = { email: 'hidden@example.com', password: 'correct horse battery' };
    for (const name of ['auth.signUp', 'auth.signIn']) {
      const body = Buffer.from(JSON.stringify(person));
      const answer = await send(service.port, { method: 'POST', target: `/api/${name}`, headers, body });
      expect(answer.status).toBe(200);
    }
  });
});
