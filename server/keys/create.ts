import { keys } from '../../drizzle/schema/keys.ts';
import type { Environment } from '../../shared/key-format.ts';
import type { Limit } from '../../shared/limits.ts';
import type { KeyCaller, UserCaller } from '../gate/caller/caller.ts';
import { lockCaller } from '../gate/lock-caller.ts';
import { requireFreshProof } from '../gate/rights/fresh-proof.ts';
import { registerPublicKey } from '../gate/signature/possession.ts';
import type { Service } from '../rpc/trpc.ts';
import type { ExternalOwner } from '../stores/credentials/external-owners.ts';
import type { Db } from '../stores/database/database.ts';
import { type CreditPolicy, writeCredits } from '../stores/limits/credit-policy.ts';
import { base62 } from '../stores/secrets/random-ids.ts';
import type { Vault } from '../stores/secrets/vault.ts';
import { describeChange } from './audit-change.ts';
import type { WritingContext } from './change-key.ts';
import { checkCredentialRight } from './credential-rights.ts';
import { checkRoomForKey, MAX_KEYS_WITH_MADE } from './exchange/find-rules.ts';
import { findKeyInWorkspace } from './find.ts';
import { claimIdempotencyKey, NOT_SHOWN_AGAIN } from './idempotency.ts';
import { applyRestrictions, checkExternalOwnerAssignment, UNRESTRICTED } from './key-restrictions.ts';
import { viewOf } from './key-view.ts';
import type { CreateKeyInput, CreateKeyOutput } from './schemas.ts';
import { newPair, newSecretPair, type PairColumns } from './secret-pair.ts';
import { ownerOf } from './service-keys.ts';

/** The attributes of a new key. */
interface NewKey {
  /** Chosen by `insertKey` if absent. */
  readonly id?: string;
  readonly workspaceId: string;
  readonly ownerId: string | null;
  readonly name: string;
  readonly environment: Environment;
  readonly permissions: readonly string[];
  readonly expiresAt: Date | null;
  readonly allowedAddresses?: readonly string[] | undefined;
  readonly limits?: Limit[] | undefined;
  readonly credits?: CreditPolicy | undefined;
  readonly externalOwnerId?: string | null;
  readonly authorities?: readonly string[] | undefined;
  readonly metadata?: Record<string, unknown> | undefined;
  readonly exchangeRuleId?: string | null;
  readonly createdAt: Date;
}

/**
 * Creates a key in the caller's workspace, by the caller's current rights. Of several calls with one
 * idempotency key, only the first creates one.
 */
export async function createKey(
  ctx: WritingContext,
  tx: Db,
  input: CreateKeyInput,
): Promise<CreateKeyOutput> {
  const { stores } = ctx.service;
  const locked = await lockCaller(tx, stores, ctx, {
    permission: 'keys:write',
    externalId: input.externalId,
  });
  const { caller, externalOwner } = locked;
  const now = new Date(stores.clock());
  const keyId = newKeyId();
  const ownerId = ownerOf(caller, input.service);
  const { environment, permissions } = input;
  checkExternalOwnerAssignment(caller, input.externalId);
  const made = {
    id: keyId,
    ownerId,
    environment,
    permissions,
    reducedBy: null,
    ...applyRestrictions(UNRESTRICTED, input),
  };
  checkCredentialRight(caller, made, 'extend');
  if (environment === 'live') requireFreshProof(caller, now.getTime());
  const earlierKeyId = await claimIdempotencyKey(tx, { caller, procedure: 'keys.create', input, keyId, now });
  const secrets =
    earlierKeyId === null
      ? await insertRequestedKey(ctx.service, tx, {
          input,
          ownerId,
          keyId,
          now,
          locked: { caller, externalOwner },
        })
      : NOT_SHOWN_AGAIN;
  const row = await findKeyInWorkspace(tx, caller.workspaceId, earlierKeyId ?? keyId, now.getTime());
  if (earlierKeyId === null) await stores.audit.record(tx, ctx, describeChange('keys.create', null, row));
  return { key: viewOf(row, stores), ...secrets };
}

interface KeyCreation {
  readonly input: CreateKeyInput;
  readonly ownerId: string | null;
  readonly keyId: string;
  readonly now: Date;
  readonly locked: {
    readonly caller: KeyCaller | UserCaller;
    readonly externalOwner: ExternalOwner | null;
  };
}

async function insertRequestedKey(
  { stores, config, issuer }: Service,
  tx: Db,
  { input, ownerId, keyId, now, locked }: KeyCreation,
): Promise<KeySecrets> {
  const { idempotencyKey: _, service: __, externalId: ___, expiresAt, publicKey, proof, ...fields } = input;
  const made = {
    ...fields,
    id: keyId,
    workspaceId: locked.caller.workspaceId,
    ownerId,
    externalOwnerId: locked.externalOwner?.id ?? null,
    expiresAt: expiresAt === undefined ? null : new Date(expiresAt),
    exchangeRuleId: exchangeRuleOf(locked.caller),
    createdAt: now,
  };
  const { vault } = stores;
  const registered = await registerPublicKey(tx, { publicKey, proof }, { issuer, now });
  const pair = newPair(vault, { brand: config.brand, environment: input.environment, id: keyId }, registered);
  if (made.exchangeRuleId) await checkRoomForKey(tx, made.exchangeRuleId, MAX_KEYS_WITH_MADE, now.getTime());
  await insertRow(tx, pair.columns, made);
  return { secret: pair.secret, signingSecret: pair.signingSecret };
}

/** The rule whose end also ends this key, because a key of that rule created it. */
const exchangeRuleOf = (caller: KeyCaller | UserCaller): string | null =>
  caller.kind === 'key' ? caller.key.exchangeRuleId : null;

/** The two secrets that are shown once. */
export interface KeySecrets {
  readonly secret: string;
  /** Null if the key signs with a private key that only its holder has. */
  readonly signingSecret: string | null;
}

/** A key that was just created, with a signing secret. */
interface CreatedKey extends KeySecrets {
  readonly signingSecret: string;
  readonly row: typeof keys.$inferSelect;
}

export const newKeyId = (): string => base62(12);

/** Inserts a key with a new signing secret. */
export async function insertKey(db: Db, vault: Vault, brand: string, input: NewKey): Promise<CreatedKey> {
  const id = input.id ?? newKeyId();
  const { secret, signingSecret, columns } = newSecretPair(vault, {
    brand,
    environment: input.environment,
    id,
  });
  return { row: await insertRow(db, columns, { ...input, id }), secret, signingSecret };
}

/** Inserts a key with the columns of its secrets. */
export async function insertRow(
  db: Db,
  columns: PairColumns,
  { id = newKeyId(), permissions, allowedAddresses = [], authorities = [], credits, ...input }: NewKey,
): Promise<typeof keys.$inferSelect> {
  const lists = {
    permissions: [...new Set(permissions)],
    allowedAddresses: [...new Set(allowedAddresses)],
    authorities: [...new Set(authorities)],
  };
  const [row] = await db
    .insert(keys)
    .values({ ...input, ...lists, ...columns, id })
    .returning();
  if (!row) throw new Error('the key was not inserted');
  if (credits) await writeCredits(db, id, credits, input.createdAt);
  return row;
}
