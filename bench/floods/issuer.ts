import { createPublicKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The audience of tokens of workloads for which no exchange rule exists. */
const AUDIENCE = 'https://keys.example.com';
const KID = 'of-the-floods';

/** An identity provider on this machine: it redeems no code. */
export interface FloodIssuer {
  /** The value of KEYSEAL_ISSUERS: its people sign in, and its workloads get keys. */
  readonly configuration: string;
  /** A valid token of a workload that fits no rule. */
  readonly token: string;
  stop(): Promise<void>;
}

export const PROVIDER = 'provider';

export async function startIssuer(): Promise<FloodIssuer> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = {
    ...createPublicKey(privateKey).export({ format: 'jwk' }),
    kid: KID,
    alg: 'RS256',
    use: 'sig',
  };
  const server = createServer((request, response) => {
    const answer = documents()[request.url ?? ''];
    response.statusCode = answer ? 200 : 400;
    response.setHeader('content-type', 'application/json');
    request.resume().once('end', () => response.end(JSON.stringify(answer ?? { error: 'invalid_grant' })));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const documents = (): Record<string, object> => ({
    '/keys': { keys: [key] },
    '/.well-known/openid-configuration': {
      issuer,
      jwks_uri: `${issuer}/keys`,
      authorization_endpoint: `${issuer}/auth`,
      token_endpoint: `${issuer}/token`,
    },
  });
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: 'repo:acme/shop',
    aud: AUDIENCE,
    iat: now,
    exp: now + 3_600,
    jti: randomUUID(),
  };
  const [head, payload] = [{ alg: 'RS256', typ: 'JWT', kid: KID }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  const signature = sign('sha256', Buffer.from(`${head}.${payload}`), privateKey).toString('base64url');
  const entry = { name: PROVIDER, issuer, clientId: 'keyseal', signIn: true, workload: true };
  return {
    configuration: JSON.stringify([entry]),
    token: `${head}.${payload}.${signature}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
