import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hmacSha256 } from '../../server/lib/hmac.ts';
import { httpSignatureBase } from '../../shared/http-signature/base.ts';
import { readComponents } from '../../shared/http-signature/components.ts';
import type { RequestMessage, ResponseMessage } from '../../shared/http-signature/message.ts';
import { readStandardSignature } from '../../shared/http-signature/read.ts';
import { headerValues } from '../../shared/request-rules.ts';
import { parseDictionary } from '../../shared/structured-fields/parse.ts';
import { serializeInnerList } from '../../shared/structured-fields/serialize.ts';
import { isInnerList } from '../../shared/structured-fields/values.ts';

interface Vectors {
  readonly sharedSecret: string;
  readonly jwks: readonly { readonly kid: string; readonly kty: string }[];
  readonly pems: readonly { readonly t: string; readonly pem: string }[];
  readonly vectors: readonly {
    readonly id: string;
    readonly base: string;
    readonly signatureInput: string;
    readonly signature: string;
  }[];
}

const { vectors, sharedSecret, jwks, pems }: Vectors = JSON.parse(
  readFileSync(new URL('../vectors/rfc9421-appendix-b.json', import.meta.url), 'utf8'),
);

/** RFC 9421, appendix B.2. */
const REQUEST: RequestMessage = {
  method: 'POST',
  scheme: 'https',
  authority: 'example.com',
  target: '/foo?param=Value&Pet=dog',
  fields: headerValues([
    ...['Host', 'example.com', 'Date', 'Tue, 20 Apr 2021 02:07:55 GMT', 'Content-Type', 'application/json'],
    'Content-Digest',
    'sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:',
    ...['Content-Length', '18'],
  ]),
};
const RESPONSE: ResponseMessage = {
  status: 200,
  request: REQUEST,
  fields: headerValues([
    ...['Date', 'Tue, 20 Apr 2021 02:07:56 GMT', 'Content-Type', 'application/json'],
    'Content-Digest',
    'sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rjJuahq4l5aGgfLQ==:',
    ...['Content-Length', '23'],
  ]),
};

const jwk = (kid: string) =>
  createPublicKey({ key: jwks.find((one) => one.kid === kid) as never, format: 'jwk' });
const pss = { padding: 6, saltLength: 64 };
/** The two RSA keys of the appendix are not labelled: a signature must verify under one of them. */
const rsa = pems.filter(({ t }) => t.endsWith('PUBLIC KEY')).map(({ pem }) => createPublicKey(pem));

const VERIFIES: Readonly<Record<string, (base: string, signature: Buffer) => boolean>> = {
  'test-key-rsa-pss': (base, signature) =>
    rsa
      .filter(({ asymmetricKeyType }) => asymmetricKeyType === 'rsa')
      .some((key) => verify('sha512', Buffer.from(base), { key, ...pss }, signature)),
  'test-key-ecc-p256': (base, signature) =>
    verify(
      'sha256',
      Buffer.from(base),
      { key: jwk('test-key-ecc-p256'), dsaEncoding: 'ieee-p1363' },
      signature,
    ),
  'test-key-ed25519': (base, signature) =>
    verify(null, Buffer.from(base), jwk('test-key-ed25519'), signature),
  'test-shared-secret': (base, signature) =>
    hmacSha256(Buffer.from(sharedSecret, 'base64'), base) === signature.toString('hex'),
};

describe.each(vectors)('RFC 9421, appendix B: $id', ({ signatureInput, base, signature }) => {
  const [member] = [...(parseDictionary(signatureInput)?.value.values() ?? [])];
  if (!member || !isInnerList(member)) throw new Error('no signature');
  const keyid = String(member.parameters.get('keyid')?.value);

  it('has the base of the RFC', () => {
    const components = readComponents(member.items);
    if (typeof components === 'string') throw new Error(components);
    const isOfResponse = components.some(({ name }) => name === '@status');
    const message = isOfResponse ? RESPONSE : REQUEST;
    expect(httpSignatureBase(message, components, serializeInnerList(member))).toBe(base);
  });

  it('verifies under its key', () => {
    expect(VERIFIES[keyid]?.(base, Buffer.from(signature, 'base64'))).toBe(true);
    expect(VERIFIES[keyid]?.(`${base} `, Buffer.from(signature, 'base64'))).toBe(false);
  });
});

describe.each(['web-bot-auth-v1.json', 'web-bot-auth-v2.json'])('%s', (file) => {
  const bots: readonly { readonly signature: string; readonly signature_input: string }[] = JSON.parse(
    readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8'),
  );

  it.each(bots)('has signatures of others, which are ignored: $signature_input', (bot) => {
    const fields = headerValues(['Signature-Input', bot.signature_input, 'Signature', bot.signature]);
    const keyId = /keyid="([^"]*)"/.exec(bot.signature_input)?.[1] ?? '';
    for (const id of [keyId, 'CLDUdvdr0Uwf'])
      expect(readStandardSignature(fields, { kind: 'key', parsed: { id } })).toMatchObject({
        reason: 'SIGNATURE_MISSING',
      });
  });
});
