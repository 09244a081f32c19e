import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { suggestAudience } from '../../../shared/workload-audience.ts';
import { EXAMPLE_AT, EXAMPLE_WORKSPACE_ID } from '../../lib/example-values.ts';
import { procedure } from '../../rpc/trpc.ts';
import { workspaceTurnOf } from '../../rpc/workspace-turn.ts';
import { createRule, deleteRule, updateRule } from './change-rules.ts';
import { listRules } from './find-rules.ts';
import {
  CreateExchangeRuleInput,
  DeleteExchangeRuleInput,
  ExchangeRule,
  ListExchangeRulesInput,
  ListExchangeRulesOutput,
  UpdateExchangeRuleInput,
} from './schemas.ts';

const WRITE_GUARD = { access: 'key-or-user', permission: 'keys:write' } as const;

const EXAMPLE_FIELDS = {
  name: 'Deploy the shop',
  issuer: 'github',
  audience: suggestAudience('https://keys.example.com', EXAMPLE_WORKSPACE_ID),
  subject: 'repo:acme/shop:ref:refs/heads/main',
  environment: 'live',
  permissions: ['exemple:read'],
  lifetimeSeconds: 900,
} as const;
const EXAMPLE_RULE = {
  id: 'exr_7Hq2LmZx0v3B',
  ...EXAMPLE_FIELDS,
  claims: {},
  allowedAddresses: [],
  limits: [],
  enabled: true,
  activeKeys: 0,
  createdAt: EXAMPLE_AT,
};

/** `exchangeRules.*`: which workloads get keys of the workspace. */
export const exchangeRuleRoutes = {
  list: procedure({
    access: 'key-or-user',
    permission: 'keys:read',
    description:
      'Lists the exchange rules of the workspace, the oldest first, and the issuers whose workloads may get keys.',
    shapes: { input: '`{ }?`', output: '`{ items, issuers }`' },
    example: {
      input: {},
      output: {
        items: [EXAMPLE_RULE],
        issuers: [{ name: 'github', issuer: 'https://token.actions.githubusercontent.com' }],
      },
    },
  })
    .input(ListExchangeRulesInput)
    .output(ListExchangeRulesOutput)
    .query(async ({ ctx }) => {
      const { caller, service } = ctx;
      const { database, clock, issuers } = service.stores;
      const inTurn = workspaceTurnOf(ctx);
      return {
        // It counts the keys of each rule.
        items: await listRules(database.db, caller.workspaceId, clock(), inTurn),
        issuers: issuers.forWorkloads.map(({ name, issuer }) => ({ name, issuer })),
      };
    }),

  create: procedure({
    ...WRITE_GUARD,
    description:
      'Creates an exchange rule: a workload with a token of `issuer` for `audience`, whose `sub` matches `subject`, gets a key with these permissions by `keys.exchange`. `*` in `subject` stands for exactly one segment; `:` and `/` separate segments. `claims` are at most 10 further claims that must have these values. `lifetimeSeconds` is 60 to 3,600, default 900. The keys belong to the workspace, as service keys do: so this requires `workspaces:write`, or another service key that does not expire, and every permission of the rule. A user creates a rule for live keys only if they signed in or re-authenticated within the last ten minutes (otherwise `STEP_UP_REQUIRED`). A workspace has at most 50 rules. See [Workload identity](workload-identity.md).',
    shapes: {
      input:
        "`{ name, issuer, audience, subject, claims?, environment: 'live' | 'test', permissions, allowedAddresses?, limits?, lifetimeSeconds? }`",
      output: '`rule`',
    },
    refusals: ['ESCALATION_DENIED', 'ENVIRONMENT_DENIED', 'STEP_UP_REQUIRED', 'CONFLICT'],
    example: { input: EXAMPLE_FIELDS, output: EXAMPLE_RULE },
  })
    .input(CreateExchangeRuleInput)
    .output(ExchangeRule)
    .mutation(({ ctx, input }) => createRule(ctx, input)),

  update: procedure({
    ...WRITE_GUARD,
    description:
      'Changes an exchange rule; at least one field besides `id`. `enabled: false` disables it. Changing the name or disabling the rule requires only `keys:write`; any other change requires the right to create both the present rule and the changed one, and a user who changes a rule for live keys proves who they are as for `exchangeRules.create`. After any change except of the name, every instance refuses the keys that the rule gave.',
    shapes: {
      input:
        '`{ id, name?, issuer?, audience?, subject?, claims?, environment?, permissions?, allowedAddresses?, limits?, lifetimeSeconds?, enabled? }`',
      output: '`rule`',
    },
    refusals: ['NOT_FOUND', 'ESCALATION_DENIED', 'ENVIRONMENT_DENIED', 'STEP_UP_REQUIRED'],
    example: {
      input: { id: EXAMPLE_RULE.id, name: 'Deploy, main branch' },
      output: { ...EXAMPLE_RULE, name: 'Deploy, main branch' },
    },
  })
    .input(UpdateExchangeRuleInput)
    .output(ExchangeRule)
    .mutation(({ ctx, input }) => updateRule(ctx, input)),

  delete: procedure({
    ...WRITE_GUARD,
    description: 'Deletes an exchange rule, and revokes the keys that it issued, at once on every instance.',
    shapes: { input: '`{ id }`', output: '`{ }`' },
    refusals: ['NOT_FOUND', 'ENVIRONMENT_DENIED'],
    example: { input: { id: EXAMPLE_RULE.id }, output: {} },
  })
    .input(DeleteExchangeRuleInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      await deleteRule(ctx, input.id);
      return {};
    }),
} satisfies TRPCRouterRecord;
