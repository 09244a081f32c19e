import type { TRPCRouterRecord } from '@trpc/server';
import { z } from 'zod';
import { tenantKey } from '../../shared/fairness/fairness-key.ts';
import { callerFairnessKey } from '../gate/caller-fairness-key.ts';
import { EXAMPLE_KEY } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { workspaceTurnOf } from '../rpc/workspace-turn.ts';
import { describeChange } from './audit-change.ts';
import { changeKey } from './change-key.ts';
import { createKey } from './create.ts';
import { checkCredentialRight } from './credential-rights.ts';
import { EXAMPLE_KEY_INPUT, EXAMPLE_NEW_KEY, EXAMPLE_REVOKED_KEY } from './examples.ts';
import { findKeyInWorkspace } from './find.ts';
import { claimIdempotencyKey, NOT_SHOWN_AGAIN } from './idempotency.ts';
import { checkExternalOwnerAssignment, checkOwnPolicy } from './key-restrictions.ts';
import { viewOf } from './key-view.ts';
import { limitsOf } from './limits.ts';
import { listKeys } from './list.ts';
import { openKeyTail, tailEvents } from './live-tail.ts';
import { checkAhead, checkVocabulary } from './privilege-escalation.ts';
import { revokeKey } from './revoke.ts';
import { rotateKey } from './rotate.ts';
import {
  CreateKeyInput,
  CreateKeyOutput,
  DeleteKeyInput,
  GetKeyInput,
  Key,
  KeyLimitsOutput,
  ListKeysInput,
  ListKeysOutput,
  RevokeKeyInput,
  RotateKeyInput,
  RotateKeyOutput,
  TailKeyInput,
  UpdateKeyInput,
} from './schemas.ts';
import { eventIds } from './tail-event-ids.ts';
import { deleteKey, judgeUpdate, updateKey } from './update.ts';

const READING = { access: 'key-or-user', permission: 'keys:read' } as const;
const WRITING = { access: 'key-or-user', permission: 'keys:write' } as const;

export const keyRoutes = {
  create: procedure({
    ...WRITING,
    description:
      "Creates a key in the caller's workspace. `secret` and `signingSecret` are shown only here. `permissions` are `area:verb` or `area:*`, at most 64; `expiresAt` is in the future. `allowedAddresses` are at most 64 IPv4 or IPv6 addresses and CIDRs in canonical form; without any, the key works from anywhere. `metadata` is a JSON object of at most 4,096 bytes. `limits` are at most 8 of `{ name, limit, windowSeconds }`, `credits` are `{ remaining, refill?: { amount, every: 'day' | 'month' } }`, and `externalId` is your name for the customer who gets the key: see [Limits and credits](limits-and-credits.md). `authorities` are at most 64 hosts, with the port if it is not the scheme's default; the key may call [`verify`](verify-a-request.md) for requests to these hosts. A key cannot create a key that is less restricted than itself in permissions, lifetime (for the secrets from before a rotation, their grace), addresses, external owner or authorities, and a key with its own credits cannot create keys; a test key can name no external owner except its own. A person can. A new key does not inherit limits: it gets those of the input. `service: true` creates a key that belongs to the workspace and to no person: `ownerId` is `null`, no person's role limits it, and it remains when its author leaves. That requires `workspaces:write`, or another service key; see [Teams](teams.md). The same call with the same `idempotencyKey`, within 24 hours and by the same caller, creates only one key: the second answer has it with `null` for both secrets.",
    shapes: {
      input:
        "`{ name, environment: 'live' | 'test', permissions, expiresAt?, allowedAddresses?, limits?, credits?, externalId?, authorities?, metadata?, service?, idempotencyKey? }`",
      answer: '`{ key, secret, signingSecret }`',
    },
    refusals: ['ESCALATION_DENIED', 'ENVIRONMENT_DENIED', 'IDEMPOTENCY_MISMATCH'],
    example: { input: EXAMPLE_KEY_INPUT, output: EXAMPLE_NEW_KEY },
  })
    .input(CreateKeyInput)
    .output(CreateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      checkVocabulary(input.permissions, config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      return stores.database.db.transaction((tx) => createKey(ctx, tx, input));
    }),

  list: procedure({
    ...READING,
    description:
      "Lists the workspace's keys. `limit` is 1 to 100, default 50; `search` is part of a name or the beginning of an id; `status` is `active`, `disabled` (disabled, or its person is disabled or has left), `expired` or `revoked`; `environment` is `live` or `test`; `externalId` is the external owner to whom the keys are tied. `sort` is `newest` (the default), `oldest`, `name` (alphabetical, ignoring case) or `lastUsed` (most recently used first, never used last). Pass `nextCursor` as `cursor` to get the next page, with the same filters and the same `sort`. A page can have fewer keys than `limit`, or none, after 50,000 that do not match: only `null` marks the end of the list.",
    shapes: {
      input: '`{ limit?, cursor?, search?, status?, environment?, externalId?, sort? }?`',
      answer: '`{ items, nextCursor }`',
    },
    example: { input: { limit: 20, status: 'active' }, output: { items: [EXAMPLE_KEY], nextCursor: null } },
  })
    .input(ListKeysInput)
    .output(ListKeysOutput)
    .query(async ({ ctx, input }) => {
      const { service, request, caller } = ctx;
      const { rows, nextCursor } = await listKeys(service.stores, {
        ...{ workspaceId: caller.workspaceId, asked: input ?? {} },
        ...{ begun: request.begun, inTurn: workspaceTurnOf(ctx) },
      });
      return { items: rows.map((row) => viewOf(row, service.stores)), nextCursor };
    }),

  get: procedure({
    ...READING,
    description:
      "One key: `{ id, name, environment, permissions, allowedAddresses, limits, credits, externalId, authorities, metadata, status, ownerId, createdAt, expiresAt, lastUsedAt, rotatedAt, previous, revokedAt, revokedReason }`. `limits` and `credits` are the key's own, the credits as of now; `credits` is `null` if the key has none. `owners.get` returns those of its external owner.",
    shapes: { input: '`{ id }`', answer: '`key`' },
    refusals: ['KEY_NOT_FOUND'],
    example: { input: { id: EXAMPLE_KEY.id }, output: EXAMPLE_KEY },
  })
    .input(GetKeyInput)
    .output(Key)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      return viewOf(
        await findKeyInWorkspace(stores.database.db, caller.workspaceId, input.id, stores.clock()),
        stores,
      );
    }),

  limits: procedure({
    ...READING,
    description:
      'The current state of the limits of a key, without counting a call: its own, and under names that begin with `owner.` those that it shares with the other keys of its external owner. Each answer tells a key the same about itself in `ratelimit`.',
    shapes: {
      input: '`{ id }`',
      answer: '`{ items: [{ name, limit, windowSeconds, remaining, resetAt }] }`',
    },
    refusals: ['KEY_NOT_FOUND'],
  })
    .input(GetKeyInput)
    .output(KeyLimitsOutput)
    .query(async ({ ctx: { caller, service }, input }) => {
      const { stores } = service;
      const row = await findKeyInWorkspace(stores.database.db, caller.workspaceId, input.id, stores.clock());
      return { items: await limitsOf(stores, row, callerFairnessKey(caller)) };
    }),

  update: procedure({
    ...WRITING,
    description:
      'Changes a key; at least one field besides `id`. `expiresAt: null` removes the expiry, `enabled: false` disables the key, `externalId: null` detaches it from its external owner. Lists, `credits` and `metadata` are replaced as a whole: `limits: []` removes all limits, `credits: null` ends the counting. To change the name or the metadata, to disable the key, or to narrow it without granting anything requires only `keys:write`. Any other change requires the right to the secrets of the changed key, as for `keys.rotate`: only the person of a personal key, or another of their keys, can widen, extend and enable it. A key can change neither its own limits nor its own credits. Once this has answered, every instance refuses what was taken away. A revoked key cannot be changed.',
    shapes: {
      input:
        '`{ id, name?, permissions?, expiresAt?, enabled?, allowedAddresses?, limits?, credits?, externalId?, authorities?, metadata? }`',
      answer: '`key`',
    },
    refusals: ['KEY_NOT_FOUND', 'CONFLICT', 'ESCALATION_DENIED', 'ENVIRONMENT_DENIED'],
    example: {
      input: { id: EXAMPLE_KEY.id, name: 'Billing, EU' },
      output: { ...EXAMPLE_KEY, name: 'Billing, EU' },
    },
  })
    .input(UpdateKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      checkVocabulary(input.permissions ?? [], config.permissions);
      checkAhead(input.expiresAt, stores.clock());
      const updated = await changeKey(ctx, input, async ({ tx, caller, row, externalOwner, now }) => {
        checkOwnPolicy(caller, input);
        checkExternalOwnerAssignment(caller, input.externalId);
        const reducedBy = judgeUpdate(caller, row, input);
        await updateKey(tx, row, input, { externalOwner, reducedBy, now });
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        const credits = input.credits !== undefined;
        await stores.audit.record(tx, ctx, describeChange('keys.update', row, after, { credits }));
        return after;
      });
      return viewOf(updated, stores);
    }),

  rotate: procedure({
    ...WRITING,
    description:
      'Gives a key a new pair of secrets, under its old id. The old pair remains valid for `graceSeconds` (0 to 2,592,000), an older one does not; each signing secret works only with its own API key. `key.previous` shows until when the old pair is valid and when it was last used. A key that is revoked, expired or disabled is not rotated. The secrets of a personal key go to its own person, or to another key of that person, and to no other caller, whatever their role; those of a service key go to a caller who could make one. No caller gets the secrets of a key that may do more than the caller. A calling key also cannot get the secrets of a less restricted key, of a key that was narrowed by a caller with fewer rights, or, with the secrets from before a rotation, of a key that would outlive their grace. Limits and credits remain unchanged.',
    shapes: {
      input: '`{ id, graceSeconds, idempotencyKey? }`',
      answer: '`{ key, secret, signingSecret, previousValidUntil }`',
    },
    refusals: [
      'KEY_NOT_FOUND',
      'CONFLICT',
      'ESCALATION_DENIED',
      'ENVIRONMENT_DENIED',
      'IDEMPOTENCY_MISMATCH',
    ],
  })
    .input(RotateKeyInput)
    .output(RotateKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { stores, config } = ctx.service;
      const answer = await changeKey(ctx, { id: input.id }, async ({ tx, caller, row, now }) => {
        checkCredentialRight(caller, row, 'receive');
        const once = { caller, procedure: 'keys.rotate', input, keyId: row.id, now };
        const again = (await claimIdempotencyKey(tx, once)) !== null;
        const made = again
          ? NOT_SHOWN_AGAIN
          : await rotateKey(stores, tx, config.brand, row, input.graceSeconds);
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        if (!again) await stores.audit.record(tx, ctx, describeChange('keys.rotate', row, after));
        return { key: viewOf(after, stores), ...made };
      });
      return { ...answer, previousValidUntil: answer.key.previous?.validUntil ?? null };
    }),

  revoke: procedure({
    ...WRITING,
    description:
      'Ends a key for good. Once it has answered, no instance admits the key; a second time changes nothing.',
    shapes: { input: '`{ id, reason? }`', answer: '`key`' },
    refusals: ['KEY_NOT_FOUND', 'ENVIRONMENT_DENIED'],
    example: { input: { id: EXAMPLE_KEY.id, reason: 'leaked' }, output: EXAMPLE_REVOKED_KEY },
  })
    .input(RevokeKeyInput)
    .output(Key)
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      const revoked = await changeKey(ctx, { id: input.id }, async ({ tx, row, now }) => {
        // Repeating it changes nothing.
        if (row.revokedAt) return row;
        await revokeKey(tx, row.id, input.reason ?? null, now.getTime());
        const after = await findKeyInWorkspace(tx, row.workspaceId, row.id, now.getTime());
        await stores.audit.record(tx, ctx, describeChange('keys.revoke', row, after));
        return after;
      });
      return viewOf(revoked, stores);
    }),

  delete: procedure({
    ...WRITING,
    description: 'Removes a revoked key from lists; records that refer to its id stay correct.',
    shapes: { input: '`{ id }`', answer: '`{ }`' },
    refusals: ['KEY_NOT_FOUND', 'CONFLICT', 'ENVIRONMENT_DENIED'],
  })
    .input(DeleteKeyInput)
    .output(z.object({}))
    .mutation(async ({ ctx, input }) => {
      const { stores } = ctx.service;
      await changeKey(ctx, input, async ({ tx, row }) => {
        await deleteKey(stores, tx, row);
        await stores.audit.record(tx, ctx, describeChange('keys.delete', row, null));
      });
      return {};
    }),

  tail: procedure({
    access: 'key-or-user',
    permission: 'usage:read',
    description:
      "The key's calls as they end, on every instance: `{ type: 'call', at, procedure, outcome, durationMs, address, requestId }`, or `{ type: 'missed', count }` if some were left out. The stream ends within five seconds after the right to it ends. See [Usage](usage.md).",
    shapes: { input: '`{ id, lastEventId? }`', answer: 'events' },
    refusals: ['KEY_NOT_FOUND', 'RATE_LIMITED'],
  })
    .input(TailKeyInput)
    .subscription(async ({ ctx: { caller, service, stream }, input: { id, lastEventId }, signal: left }) => {
      const { stores } = service;
      const { workspaceId } = caller;
      const signal = left as AbortSignal;
      const look = () => findKeyInWorkspace(stores.database.db, workspaceId, id, stores.clock());
      await look();
      const ids = eventIds(stores.vault, caller, id);
      const after = lastEventId === undefined ? null : ids.read(lastEventId);
      const tail = await openKeyTail(stores, id, tenantKey(callerFairnessKey(caller)), after, signal);
      // A stream that resumes keeps the id that it has: its first events are older than the position at which it starts.
      if (after === null) stream.startId = ids.write(tail.startsAt);
      return tailEvents({ tail, ids, look, signal });
    }),
} satisfies TRPCRouterRecord;
