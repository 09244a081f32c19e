import { createHash } from 'node:crypto';
import type { Caller } from '../../../server/gate/caller/caller.ts';
import type { Service } from '../../../server/rpc/trpc.ts';
import { EMPTY_SHA256 } from '../../../shared/signature.ts';
import { benchKey, VERIFYING_KEY } from '../../fixtures/keyring.ts';
import { sign } from '../../load/sign.ts';

/** The service that calls `verify`, as the gate admits it by its own signed call. */
export async function admitVerifyingKey({ gate, origins }: Service): Promise<Caller> {
  const { id, secret, signingSecret } = benchKey(VERIFYING_KEY);
  const digest = createHash('sha256').update('{}').digest('hex');
  const request = {
    method: 'POST',
    authority: new URL(origins[0] as string).host,
    target: '/api/verify',
    contentType: 'application/json',
  };
  const fixed = { ...request, k: id, tokenDigest: EMPTY_SHA256, bodyDigest: digest };
  return gate.admit(
    {
      ...request,
      id: 'benchmark',
      authorization: `Bearer ${secret}`,
      signature: sign(signingSecret, fixed),
      userToken: null,
      address: '127.0.0.1',
      failureCounterKey: { reportedBy: null, address: 'address 127.0.0.1', network: 'network 127.0.0.0/24' },
      payer: ['127.0.0.0/24', '127.0.0.1'],
      startedAt: performance.now(),
      procedures: ['verify'],
      fields: () => [],
      schemes: [],
      body: async () => ({ digest }),
    },
    {},
  );
}
