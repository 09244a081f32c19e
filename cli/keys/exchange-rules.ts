import { type Command, InvalidArgumentError, Option } from 'commander';
import { and, eq, isNull } from 'drizzle-orm';
import { exchangeRules } from '../../drizzle/schema/exchange.ts';
import {
  describeEndedRule,
  describeNewRule,
  endRule,
  insertRule,
  newRule,
} from '../../server/keys/exchange/change-rules.ts';
import { findRuleInWorkspace, listRules, ruleViewOf } from '../../server/keys/exchange/find-rules.ts';
import { CreateExchangeRuleInput } from '../../server/keys/exchange/schemas.ts';
import { checkVocabulary } from '../../server/keys/privilege-escalation.ts';
import { systemActor } from '../../server/stores/audit/audit.ts';
import { lockWorkspaces } from '../../server/stores/database/locks.ts';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { withCliContext } from '../context.ts';
import { readInput } from '../options/input.ts';
import { integerOption } from '../options/integer-option.ts';
import { CommandError } from '../output/failure.ts';
import {
  formatTable,
  type JsonOption,
  printResult,
  sanitizeForTerminal,
  withJson,
} from '../output/print-result.ts';
import { requireWorkspace } from '../users/accounts.ts';

const WORKSPACE = '--workspace <id>';

export function addExchangeRules(program: Command): void {
  const group = program
    .command('exchange-rules')
    .description('Rules by which workloads exchange tokens for keys: list, create, delete');
  withJson(group.command('list'))
    .description('List the exchange rules of a workspace, the oldest first')
    .requiredOption(WORKSPACE, 'the workspace (wsp_…)')
    .action(list);
  withJson(group.command('create'))
    .description('Create an exchange rule')
    .requiredOption(WORKSPACE, 'the workspace (wsp_…)')
    .requiredOption('--name <text>', 'display name')
    .requiredOption('--issuer <name>', 'the name of an issuer in KEYSEAL_ISSUERS with workload: true')
    .requiredOption('--audience <text>', 'the claim aud of the tokens')
    .requiredOption('--subject <pattern>', 'the claim sub; * stands for one segment between : and /')
    .requiredOption('--permissions <names...>', 'what the keys may do, such as exemple:read "echo:*"')
    .option('--claim <name=value>', 'a further claim with its value; may be repeated', collectClaim)
    .addOption(
      new Option('--environment <name>', 'the environment of the keys').choices(ENVIRONMENTS).default('live'),
    )
    .option('--addresses <networks...>', 'addresses and CIDRs that may use the keys; any without it')
    .option('--lifetime <seconds>', 'how long a key is valid, 60 to 3600', integerOption(60, 3600), 900)
    .action(create);
  withJson(group.command('delete'))
    .description('Delete an exchange rule, and revoke the keys that it issued')
    .argument('<rule>', 'the id of the rule')
    .action(remove);
}

type Claims = Readonly<Record<string, string>>;

function collectClaim(text: string, before: Claims = {}): Claims {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be a name, =, and a value');
  const name = text.slice(0, at);
  // A token cannot match both values, and a rule with only one of them would be wider than written.
  if (Object.hasOwn(before, name)) throw new InvalidArgumentError(`The claim "${name}" is given twice`);
  return { ...before, [name]: text.slice(at + 1) };
}

async function list({ workspace, ...options }: JsonOption & { workspace: string }): Promise<void> {
  await withCliContext(async (context) => {
    await requireWorkspace(context, workspace);
    const items = await listRules(context.database.db, workspace, context.clock());
    const rows = items.map((rule) => [
      rule.id,
      rule.enabled ? 'enabled' : 'disabled',
      ...[rule.name, rule.issuer, rule.audience, rule.subject].map(sanitizeForTerminal),
      rule.permissions.join(' '),
    ]);
    const head = ['rule', 'state', 'name', 'issuer', 'audience', 'subject', 'permissions'];
    printResult(options, { items }, formatTable(head, rows));
  });
}

interface CreateOptions extends JsonOption {
  readonly workspace: string;
  readonly name: string;
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly permissions: string[];
  readonly claim?: Claims;
  readonly environment: string;
  readonly addresses?: string[];
  readonly lifetime: number;
}

/** The command does not check for privilege escalation, because its operator has the master keys anyway. */
async function create({ workspace, claim, addresses, lifetime, ...given }: CreateOptions): Promise<void> {
  const { json = false, ...fields } = given;
  const more = { claims: claim, allowedAddresses: addresses, lifetimeSeconds: lifetime };
  const input = readInput(CreateExchangeRuleInput, { ...fields, ...more });
  await withCliContext(async (context) => {
    const { database, config, clock, audit } = context;
    checkVocabulary(input.permissions, config.permissions);
    await requireWorkspace(context, workspace);
    const made = await database.db.transaction(async (tx) => {
      const [locked] = await lockWorkspaces(tx, [workspace], 'no key update');
      if (!locked) throw new CommandError('The workspace was removed in the meantime.');
      const row = await insertRule(tx, newRule(input, workspace, new Date(clock())), config.issuers);
      await audit.record(tx, systemActor(workspace), describeNewRule(row));
      return ruleViewOf(row, 0);
    });
    printResult({ json }, made, `${made.id} (${sanitizeForTerminal(made.name)}) was created.`);
  });
}

async function remove(id: string, options: JsonOption): Promise<void> {
  await withCliContext(async (context) => {
    const { database, clock, audit, credentials } = context;
    const [row] = await database.db
      .select({ workspaceId: exchangeRules.workspaceId })
      .from(exchangeRules)
      .where(and(eq(exchangeRules.id, id), isNull(exchangeRules.deletedAt)));
    if (!row) throw new CommandError(`There is no exchange rule "${sanitizeForTerminal(id)}".`);
    const { workspaceId } = row;
    const now = new Date(clock());
    const before = await database.db.transaction(async (tx) => {
      await lockWorkspaces(tx, [workspaceId], 'no key update');
      const found = await findRuleInWorkspace(tx, workspaceId, id);
      await endRule(tx, id, now);
      await audit.record(tx, systemActor(workspaceId), describeEndedRule(found));
      return found;
    });
    credentials.changed({ workspace: workspaceId });
    const text = `${id} (${sanitizeForTerminal(before.name)}) was deleted, and its keys were revoked.`;
    printResult(options, { id }, text);
  });
}
