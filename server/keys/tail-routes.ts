import type { TRPCRouterRecord } from '@trpc/server';
import { workspaceGroupPath } from '../../shared/fairness/fairness-path.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import { EXAMPLE_KEY } from '../lib/example-values.ts';
import { procedure } from '../rpc/trpc.ts';
import { findKeyInWorkspace } from './find.ts';
import { endWithoutKey, openKeyTail, tailEvents } from './live-tail.ts';
import { TailKeyInput } from './schemas.ts';
import { eventIds } from './tail-event-ids.ts';

/** A key's calls as they end. */
export const tailRoutes = {
  tail: procedure({
    access: 'key-or-user',
    permission: 'usage:read',
    description:
      "The key's calls as they end, on every instance: `{ type: 'call', at, procedure, outcome, durationMs, address, requestId, pair }`, or `{ type: 'missed', count }` if some were left out. The stream ends within five seconds after the right to it ends. See [Usage](usage.md).",
    shapes: { input: '`{ id, lastEventId? }`', output: 'events' },
    refusals: ['KEY_NOT_FOUND', 'RATE_LIMITED'],
    example: { input: { id: EXAMPLE_KEY.id } },
  })
    .input(TailKeyInput)
    .subscription(async ({ ctx: { caller, service, stream }, input: { id, lastEventId }, signal: left }) => {
      const { stores } = service;
      const { workspaceId } = caller;
      const signal = left as AbortSignal;
      const payer = payerOfCaller(caller);
      await findKeyInWorkspace(stores.database.db, workspaceId, id, stores.clock());
      const ids = eventIds(stores.vault, caller, id);
      const after = lastEventId === undefined ? null : ids.read(lastEventId);
      const tail = await openKeyTail(stores, { keyId: id, tenant: workspaceGroupPath(payer), after }, signal);
      // A stream that resumes keeps the id that it has: its first events are older than the position at which it begins.
      if (after === null) stream.startId = ids.write(tail.startsAt);
      const exists = () => stores.credentials.keyExists({ id, workspaceId, payer });
      stream.revalidate = () => endWithoutKey(tail, exists);
      return tailEvents({ tail, ids, signal });
    }),
} satisfies TRPCRouterRecord;
