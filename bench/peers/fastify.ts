import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import jwt from '@fastify/jwt';
import Fastify from 'fastify';
import { report } from '../processes/servers/child.ts';
import { findKey, hashOf, type Key, keys } from './fastify-keys.ts';
import { takeFromLimit } from './fastify-limit.ts';
import { checkSignature } from './fastify-signature.ts';

declare module 'fastify' {
  interface FastifyRequest {
    key: Key | null;
    rawBody: Buffer;
  }
}

/** The same three proofs, as a careful team writes them on Fastify: keys and nonces in the memory of one process. */
const app = Fastify({ bodyLimit: 1024 * 1024 });
const pem = { type: 'spki', format: 'pem' } as const;
const { publicKey, privateKey } = generateKeyPairSync('ed25519', {
  publicKeyEncoding: pem,
  privateKeyEncoding: { ...pem, type: 'pkcs8' },
});
await app.register(jwt, {
  secret: { private: privateKey, public: publicKey },
  sign: {
    algorithm: 'EdDSA',
    iss: 'https://api.example.com',
    aud: 'https://api.example.com/api',
    expiresIn: '1h',
  },
  verify: {
    algorithms: ['EdDSA'],
    allowedIss: 'https://api.example.com',
    allowedAud: 'https://api.example.com/api',
    // Off by default, as documented.
    cache: process.env['BENCH_JWT_CACHE'] === 'on',
    extractToken: (request) => String(request.headers['x-user-token'] ?? ''),
  },
});

app.decorateRequest('key', null);
const parseJson = app.getDefaultJsonParser('error', 'error');
app.removeContentTypeParser('application/json');
app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
  request.rawBody = body as Buffer;
  void parseJson(request, body.toString(), done);
});

app.post<{ Body: { text: string } }>('/api/echo', {
  schema: {
    body: {
      type: 'object',
      additionalProperties: false,
      required: ['text'],
      properties: { text: { type: 'string', maxLength: 100_000 } },
    },
    response: {
      200: {
        type: 'object',
        properties: {
          text: { type: 'string' },
          caller: {
            type: 'object',
            properties: { keyId: { type: 'string' }, userId: { type: 'string' } },
          },
        },
      },
    },
  },
  onRequest: async (request, reply) => {
    request.key = findKey(request.headers.authorization);
    if (!request.key) return reply.code(401).send({ error: 'KEY_INVALID' });
    await request.jwtVerify();
  },
  preValidation: async (request, reply) => {
    const key = request.key as Key;
    const wrong = checkSignature(request, key, request.rawBody);
    if (wrong) return reply.code(401).send({ error: wrong });
    const { remaining, resetsIn } = takeFromLimit(key);
    reply.header('ratelimit', `"all";r=${remaining};t=${resetsIn}`);
    if (remaining < 0) return reply.code(429).send({ error: 'RATE_LIMITED' });
  },
  handler: async ({ body, key, user }) => ({
    text: body.text,
    caller: { keyId: key?.id, userId: (user as { sub: string }).sub },
  }),
});

await app.listen({ port: 0, host: '127.0.0.1' });

/** The user of all keys, and one token. */
const userId = randomBytes(8).toString('hex');
const token = app.jwt.sign({ sub: userId });

/** A caller: created here, as the service would have created it. */
function newHolder() {
  const id = randomBytes(6).toString('hex');
  const apiKey = `ks_live_${id}_${randomBytes(19).toString('hex')}`;
  const signingSecret = `kss_${randomBytes(32).toString('base64url')}`;
  keys.set(id, { id, hash: hashOf(apiKey), signingSecret, limit: 1_000_000_000, windowSeconds: 60 });
  return { id, userId, apiKey, signingSecret, token };
}

const holders = Array.from({ length: Number(process.env['BENCH_KEYS']) }, newHolder);
const started = { port: (app.server.address() as AddressInfo).port, holders };
report(started);
