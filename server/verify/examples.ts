import { EXAMPLE_KEY, EXAMPLE_WORKSPACE_ID } from '../lib/example-values.ts';

const { id, name, environment, externalId, metadata } = EXAMPLE_KEY;

/** A signed GET that another service received. */
export const VERIFY_EXAMPLE = {
  input: {
    method: 'GET',
    authority: 'orders.example.com',
    target: '/v1/orders/42',
    headers: [
      ['authorization', 'Bearer ks_live_…'],
      ['x-signature', 'v1,k=…,t=…,n=…,s=…'],
    ],
    bodySha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    require: { permission: 'orders:read' },
  },
  output: {
    valid: true,
    caller: {
      kind: 'key',
      key: { id, name, environment, externalId, metadata },
      userId: null,
      externalUser: null,
      workspaceId: EXAMPLE_WORKSPACE_ID,
    },
    signature: { form: 'v1', algorithm: 'hmac-sha256' },
    permissions: ['orders:read'],
    limits: [],
    credits: { remaining: 9_999 },
    requestId: '5f0a3b52-8a56-4f7e-9d0f-6f1f2f0d3c11',
  },
};
