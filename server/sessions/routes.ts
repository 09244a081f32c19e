import type { TRPCRouterRecord } from '@trpc/server';
import { and, desc, eq, ne } from 'drizzle-orm';
import { sessions as table } from '../../drizzle/schema.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { Refusal } from '../lib/refusal.ts';
import { procedure } from '../rpc/trpc.ts';
import { areLive, endSessions, MAX_SESSIONS } from '../stores/credentials/sessions.ts';
import { lockUser } from '../stores/database/locks.ts';
import {
  ListSessionsInput,
  ListSessionsOutput,
  RevokeSessionsInput,
  RevokeSessionsOutput,
} from './schemas.ts';

const OWN = { access: 'user' } as const;

export const sessionRoutes = {
  list: procedure({
    ...OWN,
    description:
      "Lists the caller's open sessions, newest first, at most a hundred. A session is `{ id, createdAt, refreshedAt, address, userAgent, current }`: the address from which it was begun, and the client, if it identified itself.",
    shapes: { input: '`{ }?`', answer: '`{ items }`' },
  })
    .input(ListSessionsInput)
    .output(ListSessionsOutput)
    .query(async ({ ctx: { caller, service } }) => {
      const { database, clock } = service.stores;
      const rows = await database.db
        .select()
        .from(table)
        .where(areLive(caller.userId, new Date(clock())))
        .orderBy(desc(table.createdAt), desc(table.id))
        .limit(MAX_SESSIONS);
      const items = rows.map(({ id, createdAt, refreshedAt, address, userAgent }) => ({
        ...{ id, address, userAgent, current: id === caller.session.id },
        createdAt: isoOrEpoch(createdAt),
        refreshedAt: isoOrEpoch(refreshedAt),
      }));
      return { items };
    }),

  /** Refuses with SESSION_NOT_FOUND an `id` that is no session of the caller's, or has ended. */
  revoke: procedure({
    ...OWN,
    description:
      "Ends one of the caller's sessions, all except the current one, or all, at once and on every instance. `ended` is their number.",
    shapes: { input: '`{ id }` or `{ others: true }` or `{ all: true }`', answer: '`{ ended }`' },
    refusals: ['SESSION_NOT_FOUND'],
  })
    .input(RevokeSessionsInput)
    .output(RevokeSessionsOutput)
    .mutation(async ({ ctx, input: { id, others } }) => {
      const { caller, service } = ctx;
      const { database, credentials, clock, audit } = service.stores;
      const which = and(
        eq(table.userId, caller.userId),
        id === undefined ? undefined : eq(table.id, id),
        others === true ? ne(table.id, caller.session.id) : undefined,
      );
      const ended = await database.db.transaction(async (tx) => {
        await lockUser(tx, caller.userId, 'to change');
        const endedAt = new Date(clock());
        const count = await endSessions(tx, which, endedAt);
        if (count === 0) return count;
        const reason = others ? 'all others' : id === undefined ? 'all' : 'this one';
        await audit.record(tx, ctx, {
          ...{ action: 'sessions.revoke', kind: 'session', subject: id ?? caller.userId },
          ...{ before: { endedAt: null }, after: { endedAt, reason } },
        });
        return count;
      });
      credentials.changed({ user: caller.userId });
      if (id !== undefined && ended === 0) throw new Refusal('SESSION_NOT_FOUND');
      return { ended };
    }),
} satisfies TRPCRouterRecord;
