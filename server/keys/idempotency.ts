import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { idempotency } from '../../drizzle/schema/keys.ts';
import { DAY_MS } from '../../shared/durations.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Db } from '../stores/database/database.ts';
import { purgeBefore } from '../stores/database/purge.ts';
import type { Stores } from '../stores/stores.ts';

/** How long an idempotency key is remembered. */
const RETENTION_MS = DAY_MS;

/** The response to a repeated call: secrets are shown once. */
export const NOT_SHOWN_AGAIN = { secret: null, signingSecret: null };

/** A call that must be carried out once. */
interface IdempotentCall {
  readonly caller: KeyCaller | UserCaller;
  readonly procedure: string;
  /** The parsed input. */
  readonly input: { readonly idempotencyKey?: string | undefined; readonly proof?: string | undefined };
  /** The id of the key that this call creates or changes. */
  readonly keyId: string;
  readonly now: Date;
}

/**
 * Records a call under its idempotency key, within the transaction that carries it out. Of concurrent calls, the
 * second waits for the first.
 * @returns null if the call must be carried out; otherwise the id of the key from the earlier call
 * @throws Refusal IDEMPOTENCY_MISMATCH if the idempotency key was used with another input
 */
export async function claimIdempotencyKey(
  tx: Db,
  { caller, procedure, input, keyId, now }: IdempotentCall,
): Promise<string | null> {
  // The same public key may come with a new proof: each is accepted for five minutes.
  const { idempotencyKey, proof: _, ...rest } = input;
  if (idempotencyKey === undefined) return null;
  const { workspaceId } = caller;
  const actor = caller.kind === 'user' ? caller.userId : caller.key.id;
  const inputDigest = createHash('sha256').update(JSON.stringify(rest)).digest('hex');
  const noted = await tx
    .insert(idempotency)
    .values({ workspaceId, actor, procedure, idempotencyKey, inputDigest, keyId, createdAt: now })
    .onConflictDoNothing()
    .returning();
  if (noted.length > 0) return null;
  const [before] = await tx
    .select()
    .from(idempotency)
    .where(
      and(
        eq(idempotency.workspaceId, workspaceId),
        eq(idempotency.actor, actor),
        eq(idempotency.procedure, procedure),
        eq(idempotency.idempotencyKey, idempotencyKey),
      ),
    );
  if (before?.inputDigest !== inputDigest) throw new Refusal('IDEMPOTENCY_MISMATCH');
  return before.keyId;
}

/** Deletes idempotency keys older than a day. */
export async function deleteOldIdempotencyKeys({ database, clock }: Stores): Promise<void> {
  await purgeBefore(database, idempotency, clock() - RETENTION_MS, { at: idempotency.createdAt });
}
