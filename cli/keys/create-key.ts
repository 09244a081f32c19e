import { describeChange } from '../../server/keys/audit-change.ts';
import { insertRow, newKeyId } from '../../server/keys/create.ts';
import { findKeyInWorkspace } from '../../server/keys/find.ts';
import { viewOf } from '../../server/keys/key-view.ts';
import { checkAhead, checkVocabulary } from '../../server/keys/privilege-escalation.ts';
import { CreateKeyInput } from '../../server/keys/schemas.ts';
import { newPair } from '../../server/keys/secret-pair.ts';
import { memberOf as findMember } from '../../server/membership/members.ts';
import { systemActor } from '../../server/stores/audit/audit.ts';
import type { Db } from '../../server/stores/database/database.ts';
import { lockWorkspaces } from '../../server/stores/database/locks.ts';
import { ensureTokenKey, withCliContext } from '../context.ts';
import { readInput } from '../options/input.ts';
import { CommandError } from '../output/failure.ts';
import { type JsonOption, printResultOnce } from '../output/print-result.ts';
import { readRegistered } from '../signing/registered-key.ts';
import { requireMember, requireWorkspace } from '../users/accounts.ts';

interface CreateOptions extends JsonOption {
  readonly workspace: string;
  readonly name: string;
  readonly permissions: string[];
  readonly environment: string;
  readonly owner?: string;
  readonly expires?: string;
  readonly publicKey?: string;
}

/** `keyseal keys create` */
export async function createKeyCommand(options: CreateOptions): Promise<void> {
  const { workspace: workspaceId, name, permissions, environment, owner, expires } = options;
  const input = readInput(CreateKeyInput, { name, environment, permissions, expiresAt: expires });
  const registered = options.publicKey === undefined ? null : await readRegistered(options.publicKey);
  await withCliContext(async (context) => {
    const { database, vault, config, clock, audit } = context;
    checkVocabulary(input.permissions, config.permissions);
    checkAhead(input.expiresAt, clock());
    await requireWorkspace(context, workspaceId);
    const ownerId = owner === undefined ? null : await requireMember(context, workspaceId, owner);
    await ensureTokenKey(context);
    const id = newKeyId();
    const made = {
      workspaceId,
      ownerId,
      name: input.name,
      environment: input.environment,
      permissions: input.permissions,
      expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
      createdAt: new Date(clock()),
    };
    await database.db.transaction(async (tx) => {
      await lockForKey(tx, made);
      const pair = newPair(vault, { brand: config.brand, environment: made.environment, id }, registered);
      const { secret, signingSecret } = pair;
      await insertRow(tx, pair.columns, { ...made, id });
      const after = await findKeyInWorkspace(tx, workspaceId, id, clock());
      await audit.record(tx, systemActor(workspaceId), describeChange('keys.create', null, after));
      const half = registered
        ? `public key      ${registered.algorithm} ${registered.thumbprint}`
        : `signing secret  ${signingSecret}`;
      const text = `The secrets of ${id}, shown only once:\nAPI key         ${secret}\n${half}`;
      printResultOnce(options, { key: viewOf(after, context), secret, signingSecret }, text);
    });
  });
}

/**
 * Locks the workspace, so that the member cannot leave it while the key is created.
 * @throws CommandError if the workspace or the member no longer exists
 */
async function lockForKey(
  tx: Db,
  { workspaceId, ownerId }: { readonly workspaceId: string; readonly ownerId: string | null },
): Promise<void> {
  const [workspace] = await lockWorkspaces(tx, [workspaceId], 'share');
  const belongs = ownerId === null || (await findMember(tx, workspaceId, ownerId)) !== null;
  if (!workspace || !belongs)
    throw new CommandError('The workspace or its member was removed in the meantime.');
}
