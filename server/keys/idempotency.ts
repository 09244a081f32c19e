import { createHash } from 'node:crypto';
import { and, eq } from 'drizzle-orm';
import { idempotency } from '../../drizzle/schema.ts';
import type { KeyCaller, UserCaller } from '../gate/caller.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Db } from '../stores/database/database.ts';
import { purgeBefore } from '../stores/database/purge.ts';
import type { Stores } from '../stores/stores.ts';

/** How long an idempotency key is remembered. */
const REMEMBERED_MS = 24 * 3_600_000;

/** What is answered under an idempotency key that was used: secrets are shown once. */
export const NOT_SHOWN_AGAIN = { secret: null, signingSecret: null };

/** One call that is to be done once. */
interface Once {
  readonly caller: KeyCaller | UserCaller;
  readonly procedure: string;
  /** The input as it was parsed. */
  readonly input: { readonly idempotencyKey?: string | undefined };
  /** The id of the key that this call makes or changes. */
  readonly keyId: string;
  readonly now: Date;
}

/**
 * Notes a call under its idempotency key, within the transaction that carries it out. Of calls at once the
 * second waits for the first.
 * @returns null where it is to be carried out; else the id of the key that the same call made before
 * Refuses with IDEMPOTENCY_MISMATCH where the idempotency key went with another input.
 */
export async function claimIdempotencyKey(
  tx: Db,
  { caller, procedure, input, keyId, now }: Once,
): Promise<string | null> {
  const { idempotencyKey, ...rest } = input;
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

/** Forgets what was noted over a day ago. */
export async function deleteOldIdempotencyKeys({ database, clock }: Stores): Promise<void> {
  await purgeBefore(database, idempotency, clock() - REMEMBERED_MS, idempotency.createdAt);
}
