import type { TRPCRouterRecord } from '@trpc/server';
import { and, desc, eq, ne } from 'drizzle-orm';
import { sessions as table } from '../../drizzle/schema/accounts.ts';
import { isoOrEpoch } from '../lib/clock.ts';
import { EXAMPLE_AT, EXAMPLE_LATER, EXAMPLE_SESSION_ID } from '../lib/example-values.ts';
import { SetPublicKeyInput } from '../lib/public-key-input.ts';
import { Refusal } from '../lib/refusal.ts';
import { signatureViewOf } from '../lib/signature-view.ts';
import { procedure } from '../rpc/trpc.ts';
import { areLive, endSessions, MAX_SESSIONS } from '../stores/credentials/sessions.ts';
import { lockUser } from '../stores/database/locks.ts';
import {
  ListSessionsInput,
  ListSessionsOutput,
  RevokeSessionsInput,
  RevokeSessionsOutput,
  SetPublicKeyOutput,
} from './schemas.ts';
import { setPublicKey } from './set-public-key.ts';

const SET_PUBLIC_KEY = {
  input: {
    publicKey: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
    proof: 'eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl',
  },
  output: {
    signature: { algorithm: 'ed25519', thumbprint: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k' },
    responseKeys: { keys: [] },
  },
} as const;

const USER_GUARD = { access: 'user' } as const;

export const sessionRoutes = {
  list: procedure({
    ...USER_GUARD,
    description:
      "Lists the caller's open sessions, newest first, at most a hundred. A session is `{ id, createdAt, refreshedAt, address, userAgent, current, signature }`: the IP address from which it was begun, the client, if it identified itself, and what it signs with: `{ algorithm, thumbprint }`, as for a key.",
    shapes: { input: '`{ }?`', output: '`{ items }`' },
    example: {
      input: {},
      output: {
        items: [
          {
            id: EXAMPLE_SESSION_ID,
            createdAt: EXAMPLE_AT,
            refreshedAt: EXAMPLE_LATER,
            address: '203.0.113.7',
            userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
            current: true,
            signature: { algorithm: 'hmac-sha256', thumbprint: null },
          },
        ],
      },
    },
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
      const items = rows.map(({ id, createdAt, refreshedAt, address, userAgent, publicKey }) => ({
        id,
        address,
        userAgent,
        current: id === caller.session.id,
        createdAt: isoOrEpoch(createdAt),
        refreshedAt: isoOrEpoch(refreshedAt),
        signature: signatureViewOf(publicKey),
      }));
      return { items };
    }),

  /** Refuses with SESSION_NOT_FOUND an `id` that is not a session of the caller, or has ended. */
  revoke: procedure({
    ...USER_GUARD,
    description:
      "Ends one of the caller's sessions, all except the current one, or all, at once and on every instance. `ended` is their number.",
    shapes: { input: '`{ id }` or `{ others: true }` or `{ all: true }`', output: '`{ ended }`' },
    refusals: ['SESSION_NOT_FOUND'],
    example: { input: { id: EXAMPLE_SESSION_ID }, output: { ended: 1 } },
  })
    .input(RevokeSessionsInput)
    .output(RevokeSessionsOutput)
    .mutation(async ({ ctx, input: { id, others } }) => {
      const { caller, service } = ctx;
      const { writes, credentials, clock, audit } = service.stores;
      const which = and(
        eq(table.userId, caller.userId),
        id === undefined ? undefined : eq(table.id, id),
        others === true ? ne(table.id, caller.session.id) : undefined,
      );
      const ended = await writes.transaction(caller.session.payer, async (tx) => {
        await lockUser(tx, caller.userId, 'no key update');
        const endedAt = new Date(clock());
        const count = await endSessions(tx, which, endedAt);
        if (count === 0) return count;
        const reason = others ? 'all others' : id === undefined ? 'all' : 'this one';
        await audit.record(tx, ctx, {
          action: 'sessions.revoke',
          kind: 'session',
          subject: id ?? caller.userId,
          before: { endedAt: null },
          after: { endedAt, reason },
        });
        return count;
      });
      credentials.changed({ user: caller.userId });
      if (id !== undefined && ended === 0) throw new Refusal('SESSION_NOT_FOUND');
      return { ended };
    }),

  setPublicKey: procedure({
    ...USER_GUARD,
    description:
      'Gives the calling session a public key in place of its signing secret, which the service forgets: afterwards only the private key signs, according to RFC 9421, and the service cannot sign for the person. It works once, within a minute after the sign-in and before the first refresh; otherwise it is refused with `CONFLICT`. `createBrowserSession` does it by itself. See [Sessions without a shared secret](standard-signatures.md#sessions-without-a-shared-secret).',
    shapes: { input: '`{ publicKey, proof }`', output: '`{ signature, responseKeys }`' },
    refusals: ['CONFLICT'],
    example: SET_PUBLIC_KEY,
  })
    .input(SetPublicKeyInput)
    .output(SetPublicKeyOutput)
    .mutation(async ({ ctx, input }) => {
      const { algorithm, thumbprint } = await setPublicKey(ctx, input);
      const { keys } = ctx.service.stores.responseKeys.directory();
      return { signature: { algorithm, thumbprint }, responseKeys: { keys: [...keys] } };
    }),
} satisfies TRPCRouterRecord;
