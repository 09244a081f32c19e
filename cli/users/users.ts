import type { Command } from 'commander';
import { listPasskeysOf, removePasskeyOf } from '../../server/auth/passkeys/manage.ts';
import { removeSecondFactorOf } from '../../server/auth/second-factor/change.ts';
import { setUserDisabled } from '../../server/membership/users.ts';
import { ensureTokenKey, withCliContext } from '../context.ts';
import { integerOption } from '../options/integer-option.ts';
import { CommandError } from '../output/failure.ts';
import {
  formatTable,
  type JsonOption,
  printResult,
  printResultOnce,
  sanitizeForTerminal,
  withJson,
} from '../output/print-result.ts';
import { findUser, type ListedAccount, listAccounts, makePasswordLink } from './accounts.ts';
import { addSyncMemberships } from './sync-memberships.ts';

const USER_ARGUMENT = 'an e-mail address or an id (usr_…)';

export function addUsers(program: Command): void {
  const users = program.command('users').description('Accounts: list, disable, enable, reset a password');
  withJson(users.command('list'))
    .description('List accounts by e-mail address, with their workspaces and roles')
    .option('--search <text>', 'part of an e-mail address or a name')
    .option('--limit <number>', 'accounts per page, 1 to 1000', integerOption(1, 1000), 100)
    .option('--cursor <email>', 'continue after this address, the last one of the previous page')
    .action(list);
  withJson(users.command('disable'))
    .description('Disable an account: its sessions end, and the service refuses it and the keys that it owns')
    .argument('<user>', USER_ARGUMENT)
    .action(disable);
  withJson(users.command('enable'))
    .description('Enable an account: it can sign in again, and its keys work again')
    .argument('<user>', USER_ARGUMENT)
    .action(enable);
  withJson(users.command('reset-password'))
    .description('Create a single-use token, valid for 24 hours, that sets a new password for an account')
    .argument('<user>', USER_ARGUMENT)
    .action(resetPassword);
  withJson(users.command('remove-second-factor'))
    .description('Remove the second factor of an account whose owner has lost it and the recovery codes')
    .argument('<user>', USER_ARGUMENT)
    .action(removeSecondFactor);
  withJson(users.command('list-passkeys'))
    .description('List the passkeys of an account, which sign in without a password')
    .argument('<user>', USER_ARGUMENT)
    .action(listPasskeys);
  withJson(users.command('remove-passkey'))
    .description('Remove a passkey of an account, and end the sessions that began with it')
    .argument('<user>', USER_ARGUMENT)
    .argument('<passkey>', 'an id (psk_…), as list-passkeys shows it')
    .action(removePasskey);
  addSyncMemberships(users);
}

interface ListOptions extends JsonOption {
  readonly search?: string;
  readonly limit: number;
  readonly cursor?: string;
}

async function list({ limit, search, cursor, json = false }: ListOptions): Promise<void> {
  const page = await withCliContext((context) => listAccounts(context, { limit, search, after: cursor }));
  const rows = page.items.map((user) => [
    sanitizeForTerminal(user.email),
    user.id,
    user.disabled ? 'disabled' : 'enabled',
    formatWorkspaces(user),
  ]);
  const more = page.nextCursor === null ? '' : `\nMore: --cursor ${page.nextCursor}`;
  printResult({ json }, page, formatTable(['account', 'id', 'state', 'workspaces'], rows) + more);
}

function formatWorkspaces({ workspaces }: ListedAccount): string {
  return workspaces.map(({ id, name, role }) => `${id} (${sanitizeForTerminal(name)}, ${role})`).join(', ');
}

async function disable(who: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { id, email } = await findUser(context, who);
    const sessionsEnded = (await setUserDisabled(context, id, true)) ?? 0;
    const text = `${sanitizeForTerminal(email)} is disabled; ${sessionsEnded} session${sessionsEnded === 1 ? '' : 's'} ended.`;
    printResult(options, { id, email, disabled: true, sessionsEnded }, text);
  });
}

async function enable(who: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { id, email } = await findUser(context, who);
    await setUserDisabled(context, id, false);
    printResult(options, { id, email, disabled: false }, `${sanitizeForTerminal(email)} is enabled.`);
  });
}

async function resetPassword(who: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { id, email, disabledAt } = await findUser(context, who);
    if (disabledAt)
      throw new CommandError(`${sanitizeForTerminal(email)} is disabled. Enable the account first.`);
    await ensureTokenKey(context);
    await makePasswordLink(context, id, ({ token, expiresAt }) => {
      const text = `Token for ${sanitizeForTerminal(email)}, accepted once until ${expiresAt}, shown only once:\n${token}`;
      printResultOnce(options, { id, email, token, expiresAt }, text);
    });
  });
}

async function removeSecondFactor(who: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { id, email } = await findUser(context, who);
    if (!(await removeSecondFactorOf(context, id)))
      throw new CommandError(`${sanitizeForTerminal(email)} has no second factor.`);
    printResult(options, { id, email }, `Removed the second factor of ${sanitizeForTerminal(email)}.`);
  });
}

async function listPasskeys(who: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { id, email } = await findUser(context, who);
    const items = await listPasskeysOf(context, id);
    const rows = items.map((passkey) => [
      sanitizeForTerminal(passkey.name),
      passkey.id,
      passkey.disabledAt === null ? 'enabled' : 'disabled',
      passkey.lastUsedAt ?? 'never used',
    ]);
    printResult(options, { id, email, items }, formatTable(['passkey', 'id', 'state', 'last used'], rows));
  });
}

async function removePasskey(who: string, passkey: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { id, email } = await findUser(context, who);
    if (!(await removePasskeyOf(context, id, passkey)))
      throw new CommandError(
        `${sanitizeForTerminal(email)} has no passkey ${sanitizeForTerminal(passkey)}: see keyseal users list-passkeys.`,
      );
    printResult(
      options,
      { id, email, passkey },
      `Removed passkey ${sanitizeForTerminal(passkey)} of ${sanitizeForTerminal(email)}.`,
    );
  });
}
