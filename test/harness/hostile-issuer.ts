import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { b64 } from './forge.ts';

/** An issuer that does what no real one would: it answers slowly, wrongly or not at all, and signs anything. */
export interface HostileIssuer {
  readonly issuer: string;
  /** The keys that it publishes, by `kid`; change it to rotate. */
  readonly published: Map<string, KeyObject>;
  /** How often its key set was asked for. */
  readonly requests: () => number;
  /** How often its metadata were asked for. */
  readonly metadataRequests: () => number;
  /** Answers the next requests for the key set in this way; null is right again. */
  misbehave(how: ((response: ServerResponse) => void) | null): void;
  /** The `issuer` that its metadata name. */
  claimToBe(issuer: string): void;
  /** Fields of its metadata that replace the right ones. */
  readonly metadata: Record<string, unknown>;
  /** Answers requests for tokens, and for the claims of a person: JSON, or a function that answers. */
  answerWith(tokens: Answer, userInfo?: Answer): void;
  /** What it answers for a code, before anything else. */
  readonly redeemable: Map<string, object>;
  /** How often tokens were asked for. */
  readonly tokenRequests: () => number;
  /** How it answers requests for authorization; it has no page of its own for them. */
  authorize: ((request: URL, response: ServerResponse) => void) | null;
  /** Signs a token as its key `kid` would, with the header and claims of a right one unless they are given. */
  token(claims?: object, header?: object, signer?: KeyObject): string;
  stop(): Promise<void>;
}

type Answer = object | ((response: ServerResponse) => void);

/** Signs with the algorithm that belongs to the key; ECDSA as JWS wants it (RFC 7518 §3.4). */
function signatureOf(input: string, key: KeyObject): Buffer {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return sign(algorithm, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

const algOf = (key: KeyObject) => ({ rsa: 'RS256', ec: 'ES256' })[String(key.asymmetricKeyType)] ?? 'EdDSA';

const makeKey = (): KeyObject => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

/** Starts the issuer on a free port of loopback, with one RSA key of the id `first`. @param clock in milliseconds */
export async function startHostileIssuer(clock: () => number = Date.now): Promise<HostileIssuer> {
  const now = () => Math.floor(clock() / 1000);
  const published = new Map([['first', makeKey()]]);
  let misbehaviour: ((response: ServerResponse) => void) | null = null;
  let requests = 0;
  let metadataRequests = 0;
  let tokenRequests = 0;
  let answers: Record<string, Answer> = {};
  const redeemable = new Map<string, object>();
  const metadata: Record<string, unknown> = {};
  let name = '';
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/.well-known/openid-configuration') {
      metadataRequests++;
      const endpoints = {
        jwks_uri: `${issuer}/keys`,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        userinfo_endpoint: `${issuer}/userinfo`,
      };
      response.end(JSON.stringify({ issuer: name, ...endpoints, ...metadata }));
      return;
    }
    if (request.url === '/token' || request.url === '/userinfo') {
      if (request.url === '/token') tokenRequests++;
      void text(request).then((body) => {
        const code = new URLSearchParams(body).get('code') ?? '';
        const answer = redeemable.get(code) ?? answers[String(request.url)] ?? {};
        if (typeof answer === 'function') answer(response);
        else response.end(JSON.stringify(answer));
      });
      return;
    }
    if (request.url?.startsWith('/auth?')) {
      if (it.authorize) it.authorize(new URL(request.url, issuer), response);
      else response.writeHead(404).end();
      return;
    }
    requests++;
    if (misbehaviour) return misbehaviour(response);
    const keys = [...published].map(([kid, key]) => ({
      ...createPublicKey(key).export({ format: 'jwk' }),
      kid,
      alg: algOf(key),
      use: 'sig',
    }));
    response.end(JSON.stringify({ keys }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  name = issuer;
  const it: HostileIssuer = {
    issuer,
    authorize: null,
    published,
    requests: () => requests,
    metadataRequests: () => metadataRequests,
    misbehave: (how) => {
      misbehaviour = how;
    },
    metadata,
    answerWith: (tokens, userInfo = {}) => {
      answers = { '/token': tokens, '/userinfo': userInfo };
    },
    redeemable,
    tokenRequests: () => tokenRequests,
    claimToBe: (other) => {
      name = other;
    },
    token: (claims = {}, header = {}, signer) => {
      const kid = (header as { kid?: string }).kid ?? [...published.keys()].at(-1) ?? 'none';
      const key = signer ?? published.get(kid) ?? makeKey();
      const right = { iss: issuer, sub: 'ada', aud: 'keyseal', iat: now(), exp: now() + 300 };
      const head = b64(JSON.stringify({ alg: algOf(key), typ: 'at+jwt', kid, ...header }));
      const input = `${head}.${b64(JSON.stringify({ ...right, ...claims }))}`;
      return `${input}.${b64(signatureOf(input, key))}`;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return it;
}
