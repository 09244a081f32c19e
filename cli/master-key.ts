import type { Command } from 'commander';
import { type VersionUse, versionsInUse } from '../server/app/master-keys.ts';
import { rewrapHeads, storeAuditKeys } from '../server/stores/audit/mac-keys.ts';
import { type RewrapResult, rewrapAll } from '../server/stores/secrets/rewrap-all.ts';
import { withCliContext } from './context.ts';
import { CommandError } from './output/failure.ts';
import { formatTable, type JsonOption, printResult, withJson } from './output/print-result.ts';
import { withProgress } from './output/progress.ts';

export function addMasterKey(program: Command): void {
  const group = program.command('master-key').description('The master keys of KEYSEAL_MASTER_KEYS');
  withJson(group.command('rotate'))
    .description(
      'Encrypt every stored secret again under the first version of KEYSEAL_MASTER_KEYS, while instances serve. After an interruption, run it again to continue',
    )
    .action(rotate);
}

async function rotate(options: JsonOption): Promise<void> {
  await withCliContext(async ({ database, vault, audit }) => {
    await storeAuditKeys(database.db, vault);
    const columns = await withProgress((update) => rewrapAll(database, vault, update));
    const heads = await rewrapHeads(database, vault, audit);
    const waiting = (await versionsInUse(database.db, vault.retiredAuditVersions)).filter(
      ({ version, needed }) => version !== vault.newest && needed > 0,
    );
    const damaged = columns.filter((column) => column.damaged.length > 0);
    const data = { version: vault.newest, columns, heads, waiting };
    if (damaged.length > 0) {
      const which = damaged
        .map((column) => `${column.table}.${column.column} ${column.damaged.join(', ')}`)
        .join('; ');
      throw new CommandError(
        `These rows cannot be decrypted, because another key encrypted them or they were changed by hand: ${which}. All other rows are done. Revoke the credentials of these rows.`,
        undefined,
        data,
      );
    }
    if (heads.broken.length > 0) {
      throw new CommandError(
        `The audit logs of these workspaces do not match their stored heads: ${heads.broken.join(', ')}. An audit.broken record was added to each. The rotation is complete. Run keyseal audit verify.`,
        undefined,
        data,
      );
    }
    printResult(options, data, rewrapSummary(vault.newest, columns, heads.resealed, waiting));
  });
}

function rewrapSummary(
  newest: number,
  columns: readonly RewrapResult[],
  heads: number,
  waiting: readonly VersionUse[],
): string {
  const rows = columns.map(({ table: name, column, resealed }) => [`${name}.${column}`, String(resealed)]);
  rows.push(['audit heads', String(heads)]);
  const done = `Rewrapped under version ${newest}:\n${formatTable(['column', 'rows'], rows)}`;
  if (waiting.length === 0) return `${done}\nNo row needs an older version.`;
  const left = waiting.map((use) => [`${use.table}.${use.column}`, String(use.version), String(use.needed)]);
  return `${done}\nA MAC, such as that of a key secret, moves only when it is next used. Keep the older versions until then. These rows still need them:\n${formatTable(['column', 'version', 'rows'], left)}`;
}
