import { createHash, createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CompactSign } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StandardOptions, signerOf, signStandard } from '../harness/http-signature.ts';
import { createKey, mutate, type Person, signUp } from '../harness/people.ts';
import { statementsOf } from '../harness/queries.ts';
import { answerTo } from '../harness/raw.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { type Credentials, type Draft, headerOf, newNonce, send, sign, withHeader } from '../harness/wire.ts';

let service: TestService;
let ada: Person;
let key: Credentials;

beforeAll(async () => {
  service = await startTestService({ env: { KEYSEAL_ADDRESS_FAILURES: '100000' } });
  ada = await signUp(service);
  key = await createKey(service, ada, { permissions: ['exemple:read', 'echo:write'] });
});
afterAll(() => service.stop());

const signed = (options: Partial<StandardOptions> = {}, who: Credentials = key, target = '/api/exemple') =>
  signStandard(who, target, { authority: service.authority, ...options });
const reasonOf = async (draft: Draft) => {
  const { status, reason } = await send(service.port, draft);
  return reason ?? status;
};
const TARGET = ['"@method"', '"@target-uri"'];

/** The kinds of public keys, each with the name of its algorithm in a JWK and in RFC 9421. */
const KINDS = {
  ed25519: ['EdDSA', () => generateKeyPairSync('ed25519'), (key: KeyObject) => signerOf(key)],
  'ecdsa-p256-sha256': [
    'ES256',
    () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    (key: KeyObject) => signerOf(key, 'sha256'),
  ],
  'ecdsa-p384-sha384': [
    'ES384',
    () => generateKeyPairSync('ec', { namedCurve: 'P-384' }),
    (key: KeyObject) => signerOf(key, 'sha384'),
  ],
  'rsa-pss-sha512': [
    'PS512',
    () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    (key: KeyObject) => signerOf(key, 'sha512', { padding: 6, saltLength: 64 }),
  ],
  'rsa-v1_5-sha256': [
    'RS256',
    () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    (key: KeyObject) => signerOf(key, 'sha256'),
  ],
} as const;
type Algorithm = keyof typeof KINDS;
const ALGORITHMS = Object.keys(KINDS) as Algorithm[];

async function keyOf(algorithm: Algorithm) {
  const [alg, make, by] = KINDS[algorithm];
  const { privateKey, publicKey } = make();
  const claims = { aud: service.running.service.issuer, iat: Math.floor(Date.now() / 1000), jti: newNonce() };
  const proof = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg })
    .sign(privateKey);
  const input = { name: 'A key', environment: 'live', permissions: ['exemple:read'], proof };
  const jwk = { ...publicKey.export({ format: 'jwk' }), alg };
  const { json } = await mutate(service, ada, 'keys.create', { ...input, publicKey: jwk });
  const { key: view, secret } = json.result.data;
  const who: Credentials = { id: view.id, apiKey: secret, signingSecret: '' };
  return { who, privateKey, sign: by(privateKey) };
}

describe.each(ALGORITHMS)('an alg of another algorithm, with a key that signs by %s', (algorithm) => {
  it('is refused, also for a signature that the key made by it', async () => {
    const { who, privateKey, sign: right } = await keyOf(algorithm);
    const others = [...ALGORITHMS.filter((name) => name !== algorithm), 'hmac-sha256', 'none', 'ES256'];
    for (const alg of others) {
      const parameters = { alg: `"${alg}"` };
      expect([alg, await reasonOf(signed({ parameters, sign: right }, who))]).toEqual([
        alg,
        'SIGNATURE_INVALID',
      ]);
    }
    // RSA keys can sign both ways; the registered one counts.
    const otherWay = { 'rsa-pss-sha512': 'rsa-v1_5-sha256', 'rsa-v1_5-sha256': 'rsa-pss-sha512' } as const;
    if (!(algorithm in otherWay)) return;
    const name = otherWay[algorithm as keyof typeof otherWay];
    for (const alg of [null, `"${name}"`, `"${algorithm}"`]) {
      const draft = signed({ parameters: { alg }, sign: KINDS[name][2](privateKey) }, who);
      expect(await reasonOf(draft)).toBe('SIGNATURE_INVALID');
    }
  });
});

describe('a signature whose numbers are out of range', () => {
  const ORDERS = {
    'ecdsa-p256-sha256': 'ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551',
    'ecdsa-p384-sha384':
      'ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973',
  } as const;

  it.each(Object.entries(ORDERS) as [keyof typeof ORDERS, string][])(
    'of %s is refused: r or s of zero, of the order, and beyond it',
    async (algorithm, order) => {
      const { who, sign: right } = await keyOf(algorithm);
      const half = order.length / 2;
      const zero = Buffer.alloc(half);
      const n = Buffer.from(order, 'hex');
      const beyond = (part: Buffer) =>
        Buffer.from(
          (BigInt(`0x${part.toString('hex')}`) + BigInt(`0x${order}`))
            .toString(16)
            .padStart(order.length, '0'),
          'hex',
        );
      const changes: ((r: Buffer, s: Buffer) => Buffer[])[] = [
        (_, s) => [zero, s],
        (r) => [r, zero],
        () => [zero, zero],
        (_, s) => [n, s],
        (r) => [r, n],
        () => [n, n],
        (r, s) => [beyond(r), s],
        (r, s) => [r, beyond(s)],
        // The same numbers in a longer form.
        (r, s) => [Buffer.alloc(1), r, Buffer.alloc(1), s],
      ];
      for (const change of changes) {
        const by = (base: string) => {
          const bytes = right(base);
          return Buffer.concat(change(bytes.subarray(0, half), bytes.subarray(half)));
        };
        expect(await reasonOf(signed({ sign: by }, who))).toBe('SIGNATURE_INVALID');
      }
      expect(await reasonOf(signed({ sign: right }, who))).toBe(200);
    },
  );

  it('of Ed25519 is refused: R of low order with S of zero, which fits keys of low order for any message', async () => {
    const { who } = await keyOf('ed25519');
    const points = [
      `01${'00'.repeat(31)}`,
      '00'.repeat(32),
      `ec${'ff'.repeat(30)}7f`,
      `ee${'ff'.repeat(30)}7f`,
      '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    ];
    for (const point of points) {
      const by = () => Buffer.concat([Buffer.from(point, 'hex'), Buffer.alloc(32)]);
      expect(await reasonOf(signed({ sign: by }, who))).toBe('SIGNATURE_INVALID');
    }
  });

  it.each([0, 32, 63, 65, 190])(
    'of PSS is refused with a salt of %d bytes (RFC 9421 §3.3.1)',
    async (saltLength) => {
      const { who, privateKey } = await keyOf('rsa-pss-sha512');
      const by = signerOf(privateKey, 'sha512', { padding: 6, saltLength });
      expect(await reasonOf(signed({ sign: by }, who))).toBe('SIGNATURE_INVALID');
    },
  );

  it('of RSA is refused with another hash, and with a leading zero', async () => {
    const { who, privateKey, sign: right } = await keyOf('rsa-v1_5-sha256');
    for (const hash of ['sha1', 'sha384', 'sha512'])
      expect(await reasonOf(signed({ sign: signerOf(privateKey, hash) }, who))).toBe('SIGNATURE_INVALID');
    const longer = (base: string) => Buffer.concat([Buffer.alloc(1), right(base)]);
    expect(await reasonOf(signed({ sign: longer }, who))).toBe('SIGNATURE_INVALID');
  });
});

describe('a required component with parameters', () => {
  const body = '{"text":"mine"}';
  const ALL = [...TARGET, '"content-type"', '"content-digest"'];
  it.each([
    ['"content-type";bs', 'content-type', `:${Buffer.from('application/json').toString('base64')}:`],
    [
      '"content-digest";sf',
      'content-digest',
      `sha-256=:${createHash('sha256').update(body).digest('base64')}:`,
    ],
  ])('%s covers another text than the service reads', async (id, name, value) => {
    const components = ALL.map((each) => (each === `"${name}"` ? id : each));
    const draft = signed({ body, components, values: { [id]: value } }, key, '/api/echo');
    const { reason, json } = await send(service.port, draft);
    expect([reason, json.error.data.missing]).toEqual(['SIGNATURE_INVALID', [name]]);
  });
});

describe('a covered field that is sent in several lines', () => {
  const of = (lines: readonly string[], covered: string) =>
    signed({
      components: [...TARGET, '"x-note"'],
      values: { '"x-note"': covered },
      headers: lines.map((line) => ['x-note', line] as const),
    });

  it('is signed as its lines joined, in their order (RFC 9421 §2.1)', async () => {
    expect(await reasonOf(of(['a', 'b'], 'a, b'))).toBe(200);
    expect(await reasonOf(of(['  a\t', 'b '], 'a, b'))).toBe(200);
    for (const covered of ['a', 'b', 'b, a', 'a,b', 'a, b, b'])
      expect(await reasonOf(of(['a', 'b'], covered))).toBe('SIGNATURE_INVALID');
  });

  it('does not verify once a line is added, dropped or moved', async () => {
    const draft = of(['a', 'b'], 'a, b');
    const without = withHeader(draft, 'x-note', null).headers;
    for (const lines of [['a'], ['b', 'a'], ['a', 'b', 'c'], ['a', 'c']]) {
      const headers = [...without, ...lines.map((line) => ['x-note', line] as const)];
      expect(await reasonOf({ ...draft, headers })).toBe('SIGNATURE_INVALID');
    }
  });

  it('is refused where a line is folded (RFC 9112 §5.2)', async () => {
    const draft = of(['a b'], 'a b');
    const head = draft.headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const raw = `GET ${draft.target} HTTP/1.1\r\n${head}connection: close\r\n\r\n`;
    expect(await answerTo(service.port, raw.replace('x-note: a b', 'x-note: a\r\n b'))).toMatch(/^4\d\d/);
    for (const [name] of draft.headers) {
      const folded = raw.replace(`\r\n${name}: `, `\r\n${name}:\r\n `);
      expect([name, await answerTo(service.port, folded)]).toEqual([name, expect.stringMatching(/^4\d\d/)]);
    }
    expect(await answerTo(service.port, raw)).toBe('200');
  });

  it.each([
    ['user-agent', ['agent (KHTML', 'like Gecko)'], ', '],
    ['referer', ['https://example.com/?a=1', '2'], ', '],
    ['date', ['Tue', '20 Apr 2021 02:07:55 GMT'], ', '],
    ['if-none-match', ['"a"', '"b"'], ', '],
  ] as const)(
    'is refused as %s, which has one value: its lines make the base of the joined value',
    async (name, lines, by) => {
      const covering = (headers: readonly string[]) =>
        signed({
          components: [...TARGET, `"${name}"`],
          values: { [`"${name}"`]: lines.join(by) },
          headers: headers.map((line) => [name, line] as const),
        });
      expect(await reasonOf(covering([lines.join(by)]))).toBe(200);
      expect(await reasonOf(covering(lines))).toBe('SIGNATURE_INVALID');
    },
  );
});

describe('the signature-input of a caller without a secret', () => {
  it('is ignored under a second label, with any components, before or after', async () => {
    const other = await createKey(service, ada, { permissions: ['exemple:read'] });
    const draft = signed();
    const [input, value] = [headerOf(draft, 'signature-input'), headerOf(draft, 'signature')];
    for (const foreign of [
      `x=();created=1;keyid="${other.id}";nonce="1234567890123456"`,
      `x=("@status" "@method";req);keyid="${other.id}"`,
      'x=("@authority");keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";tag="web-bot-auth"',
      'x=?0;keyid="x"',
    ]) {
      for (const both of [`${input}, ${foreign}`, `${foreign}, ${input}`]) {
        const fresh = signed();
        const changed = withHeader(
          fresh,
          'signature-input',
          both.replace(input, headerOf(fresh, 'signature-input')),
        );
        const values = `${headerOf(fresh, 'signature')}, x=:${createHmac('sha256', 'x').update('y').digest('base64')}:`;
        expect(await reasonOf(withHeader(changed, 'signature', values))).toBe(200);
      }
    }
    expect(value).toMatch(/^sig1=:/);
  });

  it('does not replace the label of the signer: the other signature is not tried', async () => {
    const draft = signed();
    const [input, value] = [headerOf(draft, 'signature-input'), headerOf(draft, 'signature')];
    const swapped = withHeader(draft, 'signature-input', `sig1=();keyid="x", b${input.slice(4)}`);
    expect(await reasonOf(swapped)).toBe('SIGNATURE_MALFORMED');
    expect(await reasonOf(withHeader(swapped, 'signature', `${value}, b=:${'A'.repeat(43)}=:`))).toBe(
      'SIGNATURE_INVALID',
    );
  });
});

describe('a signature of a bot (web-bot-auth)', () => {
  const bots = ['v1', 'v2'].flatMap(
    (version): readonly { readonly signature: string; readonly signature_input: string }[] =>
      JSON.parse(readFileSync(new URL(`../vectors/web-bot-auth-${version}.json`, import.meta.url), 'utf8')),
  );

  it.each(bots)('is ignored, and is none of the key: $signature_input', async (bot) => {
    const alone = withHeader(signed(), 'signature-input', bot.signature_input);
    expect(await reasonOf(withHeader(alone, 'signature', bot.signature))).toBe('SIGNATURE_MISSING');
    const rename = (text: string) => text.replace(/^sig\d/, 'bot');
    const draft = signed();
    const inputs = `${rename(bot.signature_input)}, ${headerOf(draft, 'signature-input')}`;
    const values = `${rename(bot.signature)}, ${headerOf(draft, 'signature')}`;
    expect(
      await reasonOf(withHeader(withHeader(draft, 'signature-input', inputs), 'signature', values)),
    ).toBe(200);
  });
});

describe('the covered components', () => {
  const body = '{"text":"mine"}';
  /** A genuine request whose list of components is changed on its way. */
  const changed = (change: (list: string) => string) => {
    const draft = signed({ body, token: ada.token }, key, '/api/echo');
    const input = headerOf(draft, 'signature-input');
    return withHeader(draft, 'signature-input', input.replace(/\(.*?\)/, change));
  };

  it.each(['"@method"', '"@target-uri"', '"content-type"', '"content-digest"', '"x-user-token"'])(
    'cannot lose %s, and cannot get it another time, in another case or with parameters',
    async (id) => {
      const without = (list: string) =>
        list.replace(id, '').replace(/ {2}|(?<=\() | (?=\))/, (gap) => gap.slice(1));
      expect(await reasonOf(changed(without))).toBe('SIGNATURE_INVALID');
      const upper = id.toUpperCase();
      for (const other of [`${id} ${id}`, upper, `${id};req`, `${id};tr`, `${id};name="x"`])
        expect([other, await reasonOf(changed((list) => list.replace(id, other)))]).toEqual([
          other,
          'SIGNATURE_MALFORMED',
        ]);
      if (id.startsWith('"@')) return;
      for (const other of [`${id};sf`, `${id};bs`, `${id};key="sha-256"`])
        expect(await reasonOf(changed((list) => list.replace(id, other)))).toBe('SIGNATURE_INVALID');
    },
  );

  it('cannot be put in another order', async () => {
    const reversed = (list: string) => `(${list.slice(1, -1).split(' ').reverse().join(' ')})`;
    expect(await reasonOf(changed(reversed))).toBe('SIGNATURE_INVALID');
    expect(await reasonOf(changed((list) => list))).toBe(200);
  });
});

describe('a flood of distinct malformed headers', () => {
  const MALFORMED: ((n: number) => string)[] = [
    (n) => `sig1=(${'"a" '.repeat(n % 400)}`,
    (n) => `sig1=${'('.repeat(n % 900)}`,
    (n) => `s${n}=();${'a;'.repeat(n % 900)}`,
    (n) => `${Array.from({ length: n % 200 }, (_, i) => `l${i}=1`).join(',')},`,
    (n) => `sig1=("@method");keyid="${key.id}";created=1;nonce="${'n'.repeat(n % 3_000)}"`,
  ];
  const REQUESTS = 300;

  it('causes no more statements than one of x-signature', async () => {
    const flood = (draft: (n: number) => Draft) =>
      statementsOf(service, async () => {
        const all = Array.from({ length: REQUESTS }, (_, n) => reasonOf(draft(n + 1)));
        const reasons = new Set(await Promise.all(all));
        expect([...reasons].every((reason) => String(reason).startsWith('SIGNATURE_'))).toBe(true);
      });
    const v1 = sign(key, '/api/exemple', { authority: service.authority });
    const statements = [
      await flood((n) => withHeader(v1, 'x-signature', `v1,k=${key.id},t=${n}`)),
      await flood((n) => withHeader(signed(), 'signature-input', MALFORMED[n % MALFORMED.length]?.(n) ?? '')),
    ];
    expect(Math.max(...statements)).toBeLessThan(REQUESTS / 10);
    expect(await reasonOf(signed())).toBe(200);
  });
});
