import type { TRPCRouterRecord } from '@trpc/server';
import { EXAMPLE_KEY, EXAMPLE_LATER } from '../../lib/example-values.ts';
import { procedure } from '../../rpc/trpc.ts';
import { EXAMPLE_NEW_KEY } from '../examples.ts';
import { CreateKeyOutput } from '../schemas.ts';
import { exchangeToken } from './exchange.ts';
import { ExchangeInput } from './schemas.ts';

const EXAMPLE_KEY_OF_WORKLOAD = {
  ...EXAMPLE_KEY,
  name: 'Deploy the shop: repo:acme/shop:ref:refs/heads/main',
  permissions: ['exemple:read'],
  limits: [],
  credits: null,
  externalId: null,
  metadata: {
    exchange: {
      rule: 'exr_7Hq2LmZx0v3B',
      issuer: 'https://token.actions.githubusercontent.com',
      subject: 'repo:acme/shop:ref:refs/heads/main',
    },
  },
  ownerId: null,
  expiresAt: EXAMPLE_LATER,
};

/** `keys.exchange`. */
export const exchangeRoutes = {
  exchange: procedure({
    access: 'public',
    description:
      'Exchanges the token of a workload (a CI job, a pod, a virtual machine) for an API key that is valid for at most an hour, similar to OAuth 2.0 Token Exchange (RFC 8693). `token` is a JWT of an issuer that the operator trusts, for the audience of an exchange rule; `rule` names the rule, and is needed if several match. Each token is accepted once. With a random `idempotencyKey` the same exchange may be repeated if its response was lost: it then gives another key, and revokes the first. With `publicKey` and `proof`, as in `keys.create`, the key shares no secret and `signingSecret` is `null`. Whatever is wrong with the token or the rule, the reason is `EXCHANGE_DENIED`: the audit log and the log of the service say more. A rule has at most 100 valid keys. See [Workload identity](workload-identity.md).',
    shapes: {
      input: '`{ token, rule?, publicKey?, proof?, idempotencyKey? }`',
      output: '`{ key, secret, signingSecret }`',
    },
    refusals: ['EXCHANGE_DENIED', 'RATE_LIMITED', 'TOO_MANY_FAILURES'],
    example: {
      input: { token: 'eyJhbGciOiJSUzI1NiJ9.a-token-of-the-ci-job.its-signature' },
      output: { ...EXAMPLE_NEW_KEY, key: EXAMPLE_KEY_OF_WORKLOAD },
    },
  })
    .input(ExchangeInput)
    .output(CreateKeyOutput)
    .mutation(({ ctx, input }) => exchangeToken(ctx, input)),
} satisfies TRPCRouterRecord;
