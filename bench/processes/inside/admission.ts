import { createHash, randomInt } from 'node:crypto';
import { startService } from '../../../server/app/service.ts';
import type { SignedRequest } from '../../../server/gate/request.ts';
import { Refusal } from '../../../server/lib/refusal.ts';
import { BASE62, formatKey } from '../../../shared/key-format.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import { localSetting } from '../../fixtures/setting.ts';
import { BODY, TARGET } from '../../load/request.ts';
import { offerRounds, type Prepare } from '../../load/rounds.ts';
import { sign } from '../../load/sign.ts';
import { type Holder, newHolder } from '../../load/signed-call.ts';

/** A whole service. Its gate gets requests as they are after head and body have been read. */
const running = await startService(localSetting(String(process.env['BENCH_FOLDER'])), { show: () => {} });
const { port } = running;
const { gate } = running.service;
const digest = createHash('sha256').update(BODY).digest('hex');
const body = async () => ({ digest });

offerRounds({
  'a key': admitting(await newHolder(port), false),
  'a key for a user': admitting(await newHolder(port), true),
  'an impossible bearer': refusing(await newHolder(port)),
});

/** @param forUser whether the request also carries the user's token */
function admitting(holder: Holder, forUser: boolean): Prepare {
  return async (calls) => {
    const requests = Array.from({ length: calls }, () => sealed(holder, forUser));
    return async (i) => {
      const caller = await gate.admit(requests[i] as SignedRequest, {});
      return caller.kind === 'key' && caller.user?.id === (forUser ? holder.userId : undefined);
    };
  };
}

/** Made-up keys, a different one each time, from an address that has already failed too often. */
function refusing(holder: Holder): Prepare {
  return async (calls) => {
    const requests = Array.from({ length: calls }, () => {
      const apiKey = formatKey('ks', 'live', drawn(12), drawn(32));
      return sealed({ ...holder, apiKey }, false);
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

function sealed({ id, apiKey, signingSecret, token }: Holder, forUser: boolean): SignedRequest {
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
    failureSource: { reportedBy: null, address: 'address 127.0.0.1', network: 'network 127.0.0.0/24' },
    payer: ['127.0.0.0/24', '127.0.0.1'],
    begun: performance.now(),
    procedures: ['echo'],
    fields: () => [],
    schemes: [],
    body,
  };
}
