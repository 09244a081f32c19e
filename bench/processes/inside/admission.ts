import {
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  randomInt,
  sign as signBytes,
  verify,
} from 'node:crypto';
import { CompactSign } from 'jose';
import { startService } from '../../../server/app/service.ts';
import type { SignedRequest } from '../../../server/gate/request/request.ts';
import { Refusal } from '../../../server/lib/refusal.ts';
import { BASE62, formatKey } from '../../../shared/key-format.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import { localSetting } from '../../fixtures/setting.ts';
import { BODY, TARGET } from '../../load/request.ts';
import { offerRounds, type Prepare } from '../../load/rounds.ts';
import { sign } from '../../load/sign.ts';
import { type Holder, newHolder } from '../../load/signed-call.ts';
import { BODY_DIGEST, type SignedComponents, signComponents } from '../../load/standard-call.ts';
import { startTokenIssuer } from './token-issuer.ts';

/** A whole service. Its gate gets requests as they are after head and body have been read. */
const issuer = await startTokenIssuer();
const setting = localSetting(String(process.env['BENCH_FOLDER']), undefined, issuer.environment);
const running = await startService(setting, { show: () => {} });
const { port } = running;
const { gate } = running.service;
const digest = createHash('sha256').update(BODY).digest('hex');
const body = async () => ({ digest });

const bySecret = await newHolder(port);
const pair = generateKeyPairSync('ed25519');
const byPrivateKey = await holderOf(pair);
const hmac = (base: string) => createHmac('sha256', bySecret.signingSecret).update(base).digest('base64');
const ed25519 = (base: string) => signBytes(null, Buffer.from(base), pair.privateKey).toString('base64');

offerRounds({
  'a key': admitting(await newHolder(port), undefined),
  'a key for a user': forUser(await newHolder(port)),
  'a key for a person of an identity provider': admitting(
    { ...(await newHolder(port)), token: issuer.token },
    null,
  ),
  'a key, RFC 9421 by HMAC': admittingStandard(bySecret, hmac),
  'a key, RFC 9421 by Ed25519': admittingStandard(byPrivateKey, ed25519),
  'crypto.verify alone, Ed25519': verifying,
  'a key with a wrong checksum': refusing(await newHolder(port), withWrongChecksum),
  'a made-up key': refusing(await newHolder(port), (apiKey) => apiKey),
});

function forUser(holder: Holder): Prepare {
  return admitting(holder, holder.userId);
}

/** @param user the id of the user whose token the request also carries; null without an account; undefined without a token */
function admitting(holder: Holder, user: string | null | undefined): Prepare {
  return async (calls) => {
    const requests = Array.from({ length: calls }, () => signedRequest(holder, user !== undefined));
    return async (i) => {
      const caller = await gate.admit(requests[i] as SignedRequest, {});
      return caller.kind === 'key' && caller.user?.id === user;
    };
  };
}

/** The same with an RFC 9421 signature. @param by signs a base: base64 */
function admittingStandard(holder: Holder, by: (base: string) => string): Prepare {
  return async (calls) => {
    const requests = Array.from({ length: calls }, () => standardRequest(holder, signedBy(holder, by)));
    return async (i) => (await gate.admit(requests[i] as SignedRequest, {})).kind === 'key';
  };
}

/** The same signatures by Ed25519, verified by Node and nothing else. */
async function verifying(calls: number) {
  const signed = Array.from({ length: calls }, () => {
    const { base, signature } = signedBy(byPrivateKey, ed25519);
    return { base, bytes: Buffer.from(signature.slice('sig1=:'.length, -1), 'base64') };
  });
  return async (i: number) => {
    const { base = '', bytes = Buffer.alloc(0) } = signed[i] ?? {};
    return verify(null, Buffer.from(base), pair.publicKey, bytes);
  };
}

/** Creates an API key that signs with a private key. */
async function holderOf({ privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject }) {
  const jti = randomBytes(16).toString('base64url');
  const claims = { aud: running.service.issuer, iat: Math.floor(Date.now() / 1000), jti };
  const proof = await new CompactSign(Buffer.from(JSON.stringify(claims)))
    .setProtectedHeader({ alg: 'EdDSA' })
    .sign(privateKey);
  const jwk = { ...publicKey.export({ format: 'jwk' }) };
  return newHolder(port, { permissions: ['echo:write'], publicKey: jwk, proof });
}

const COVERED = { 'content-type': 'application/json', 'content-digest': BODY_DIGEST };

const signedBy = ({ id }: Holder, by: (base: string) => string): SignedComponents =>
  signComponents(
    id,
    { '@method': 'POST', '@target-uri': `http://localhost:${port}${TARGET}`, ...COVERED },
    by,
  );

function standardRequest(holder: Holder, { input, signature }: SignedComponents): SignedRequest {
  const lines: Readonly<Record<string, string>> = { ...COVERED, 'signature-input': input, signature };
  const fields = (name: string) => (lines[name] === undefined ? [] : [lines[name]]);
  return { ...signedRequest(holder, false), signature: null, schemes: ['http'], fields };
}

function withWrongChecksum(apiKey: string): string {
  return apiKey.slice(0, -1) + (apiKey.endsWith('a') ? 'b' : 'a');
}

/** Made-up keys, a different one each time, from an IP address that has already failed too often. */
function refusing(holder: Holder, change: (apiKey: string) => string): Prepare {
  return async (calls) => {
    const requests = Array.from({ length: calls }, () => {
      const apiKey = formatKey('ks', 'live', drawn(12), drawn(32));
      return signedRequest({ ...holder, apiKey: change(apiKey) }, false);
    });
    return async (i) => {
      const refusal = await refusalBy(() => gate.admit(requests[i] as SignedRequest, {}));
      return refusal instanceof Refusal && ['KEY_INVALID', 'TOO_MANY_FAILURES'].includes(refusal.reason);
    };
  };
}

async function refusalBy(run: () => unknown): Promise<unknown> {
  try {
    return await run();
  } catch (error) {
    return error;
  }
}

const drawn = (length: number) => Array.from({ length }, () => BASE62.charAt(randomInt(62))).join('');

function signedRequest({ id, apiKey, signingSecret, token }: Holder, forUser: boolean): SignedRequest {
  const request = {
    method: 'POST',
    authority: `localhost:${port}`,
    target: TARGET,
    contentType: 'application/json',
  };
  const tokenDigest = forUser ? createHash('sha256').update(token).digest('hex') : EMPTY_SHA256;
  return {
    ...request,
    id: 'benchmark',
    authorization: `Bearer ${apiKey}`,
    signature: sign(signingSecret, { ...request, k: id, tokenDigest, bodyDigest: digest }),
    userToken: forUser ? token : null,
    address: '127.0.0.1',
    failureCounterKey: { reportedBy: null, address: 'address 127.0.0.1', network: 'network 127.0.0.0/24' },
    payer: ['127.0.0.0/24', '127.0.0.1'],
    startedAt: performance.now(),
    procedures: ['echo'],
    fields: () => [],
    schemes: [],
    body,
  };
}
