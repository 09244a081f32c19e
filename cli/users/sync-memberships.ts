import type { Command } from 'commander';
import { type SyncedMembership, syncMemberships } from '../../server/auth/external/sync-memberships.ts';
import { DAY_MS } from '../../shared/durations.ts';
import { withCliContext } from '../context.ts';
import { integerOption } from '../options/integer-option.ts';
import { CommandError } from '../output/failure.ts';
import {
  formatTable,
  type JsonOption,
  printResult,
  sanitizeForTerminal,
  withJson,
} from '../output/print-result.ts';

interface SyncOptions extends JsonOption {
  readonly dryRun?: boolean;
  readonly notSeenFor?: number;
  readonly removedIssuer?: string;
}

export function addSyncMemberships(users: Command): void {
  withJson(users.command('sync-memberships'))
    .description(
      'Apply the join rules of KEYSEAL_ISSUERS to the memberships that join rules created: end those that no rule grants any more, and lower roles',
    )
    .option('--dry-run', 'show what would change, and change nothing')
    .option(
      '--not-seen-for <days>',
      'also end memberships of people who have not signed in with the issuer for this many days, 1 to 3650',
      integerOption(1, 3650),
    )
    .option(
      '--removed-issuer <url>',
      'also end memberships from an issuer that is no longer in KEYSEAL_ISSUERS: its iss',
    )
    .action(sync);
}

async function sync({ dryRun = false, notSeenFor, removedIssuer, json = false }: SyncOptions): Promise<void> {
  await withCliContext(async (context) => {
    const { issuers } = context.config;
    if (issuers.some(({ issuer, signIn }) => signIn && issuer === removedIssuer))
      throw new CommandError(
        'People can sign in with this issuer: remove it from KEYSEAL_ISSUERS first, or its join rules.',
      );
    const seenSince = notSeenFor === undefined ? null : context.clock() - notSeenFor * DAY_MS;
    const terms = { issuers, removedIssuer: removedIssuer ?? null, seenSince, dryRun };
    const { checked, items } = await syncMemberships(context, terms);
    printResult({ json }, { dryRun, checked, items }, reportOf({ dryRun, checked, items }));
  });
}

interface Report {
  readonly dryRun: boolean;
  readonly checked: number;
  readonly items: readonly SyncedMembership[];
}

const SENTENCES: Readonly<Record<SyncedMembership['reason'], string>> = {
  rules: 'the rules give less',
  unlinked: 'the identity was unlinked',
  unseen: 'not seen for too long',
  issuerRemoved: 'the issuer was removed',
  issuerUnknown: 'kept: nobody can sign in with the issuer by KEYSEAL_ISSUERS',
  claimsUnknown: 'kept: the user must sign in again first',
  lastOwner: 'kept: the last owner',
};

function reportOf({ dryRun, checked, items }: Report): string {
  const changed = items.filter(({ from, to }) => from !== to).length;
  const summary = `Memberships from join rules: ${checked}; ${dryRun ? 'to change' : 'changed'}: ${changed}.`;
  if (items.length === 0) return summary;
  const rows = items.map(({ email, workspaceId, from, to, reason, issuer }) => [
    ...[sanitizeForTerminal(email), workspaceId, from, to ?? 'none', SENTENCES[reason]],
    sanitizeForTerminal(issuer),
  ]);
  return `${formatTable(['account', 'workspace', 'role', 'new role', 'why', 'issuer'], rows)}\n${summary}`;
}
