import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

const ALG = 'RS256';

/** An identity provider whose user tokens a service accepts; it serves its keys on a port of this machine. */
export async function startTokenIssuer() {
  const { publicKey, privateKey } = await generateKeyPair(ALG);
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'one', alg: ALG }];
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys }));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  server.unref();
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const entry = { name: 'bench', issuer, audience: 'bench', userToken: true, jwksUri: `${issuer}/keys` };
  const token = await new SignJWT({ groups: ['makers', 'staff'], email: 'ada@example.com' })
    .setProtectedHeader({ alg: ALG, kid: 'one' })
    .setIssuer(issuer)
    .setSubject('ada')
    .setAudience('bench')
    .setIssuedAt()
    .setExpirationTime('1d')
    .sign(privateKey);
  return { token, environment: { KEYSEAL_ISSUERS: JSON.stringify([entry]) } };
}
