import type { Command } from 'commander';
import { type VersionUse, versionsInUse } from '../server/app/master-keys.ts';
import { keepAuditKeys, rewrapHeads } from '../server/stores/audit/mac-keys.ts';
import { type RewrapResult, rewrapAll } from '../server/stores/secrets/rewrap-all.ts';
import { type Json, printResult, table, withJson } from './answer.ts';
import { withCliContext } from './context.ts';
import { CommandError } from './failure.ts';
import { showing } from './progress.ts';

export function addMasterKey(program: Command): void {
  const group = program.command('master-key').description('The master keys of KEYSEAL_MASTER_KEYS');
  withJson(group.command('rotate'))
    .description(
      'Seal every row anew under the first version of KEYSEAL_MASTER_KEYS, while instances serve; interrupted, it goes on where it was',
    )
    .action(rotate);
}

async function rotate(options: Json): Promise<void> {
  await withCliContext(async ({ database, vault, audit }) => {
    await keepAuditKeys(database.db, vault);
    const columns = await showing((tell) => rewrapAll(database, vault, tell));
    const heads = await rewrapHeads(database, vault, audit);
    const waiting = (await versionsInUse(database.db, vault.kept)).filter(
      ({ version, needed }) => version !== vault.newest && needed > 0,
    );
    const damaged = columns.filter((column) => column.damaged.length > 0);
    const data = { version: vault.newest, columns, heads, waiting };
    if (damaged.length > 0) {
      const which = damaged.map((one) => `${one.table}.${one.column} ${one.damaged.join(', ')}`).join('; ');
      throw new CommandError(
        `What these rows hold does not open, since another key sealed it or it was changed by hand: ${which}. The others are done; revoke these.`,
        undefined,
        data,
      );
    }
    if (heads.broken.length > 0) {
      throw new CommandError(
        `The audit logs of these workspaces do not end as the service left them, and say so from now on (audit.broken): ${heads.broken.join(', ')}. Everything is done; look with keyseal audit verify.`,
        undefined,
        data,
      );
    }
    printResult(options, data, textOf(vault.newest, columns, heads.resealed, waiting));
  });
}

function textOf(
  newest: number,
  columns: readonly RewrapResult[],
  heads: number,
  waiting: readonly VersionUse[],
): string {
  const rows = columns.map(({ table: name, column, resealed }) => [`${name}.${column}`, String(resealed)]);
  rows.push(['audit_heads.seal_mac', String(heads)]);
  const done = `Sealed anew under version ${newest}:\n${table(['column', 'rows'], rows)}`;
  if (waiting.length === 0) return `${done}\nNo row waits for an older version.`;
  const left = waiting.map((use) => [`${use.table}.${use.column}`, String(use.version), String(use.needed)]);
  return `${done}\nWhat is hashed moves only when it is used. Until then keep the older versions; these rows wait:\n${table(['column', 'version', 'rows'], left)}`;
}
