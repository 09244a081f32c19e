import { Command } from 'commander';
import { VERSION } from '../server/lib/package-root.ts';
import type { LoadApi } from './load-api.ts';

type AddCommand = (program: Command, loadApi: LoadApi) => void;

/** Every command, in the order of the help, with how to load its module. */
const COMMANDS: Readonly<Record<string, () => Promise<AddCommand>>> = {
  serve: async () => (await import('./serve.ts')).addServe,
  migrate: async () => (await import('./migrate.ts')).addMigrate,
  'setup-token': async () => (await import('./setup-token.ts')).addSetupToken,
  users: async () => (await import('./users/users.ts')).addUsers,
  workspaces: async () => (await import('./users/workspaces.ts')).addWorkspaces,
  keys: async () => (await import('./keys/keys.ts')).addKeys,
  'exchange-rules': async () => (await import('./keys/exchange-rules.ts')).addExchangeRules,
  keygen: async () => (await import('./signing/keygen.ts')).addKeygen,
  sign: async () => (await import('./signing/sign.ts')).addSign,
  call: async () => (await import('./signing/call.ts')).addCall,
  audit: async () => (await import('./audit.ts')).addAudit,
  receipt: async () => (await import('./signing/receipt.ts')).addReceipt,
  'master-key': async () => (await import('./master-key.ts')).addMasterKey,
  doctor: async () => (await import('./doctor/command.ts')).addDoctor,
  'generate-client': async () => (await import('./generate-client/generate-client.ts')).addGenerateClient,
  openapi: async () => (await import('./openapi.ts')).addOpenapi,
};

/**
 * The command line of a service. It prints only help; every error is thrown.
 * @param args the arguments that it will parse. If they name a command, only that command is loaded and added; otherwise all are,
 *   for the help and for suggestions
 */
export async function createProgram(loadApi: LoadApi, args: readonly string[]): Promise<Command> {
  const program = new Command('keyseal')
    .description('Run and administer Keyseal, which authenticates calls to a typed API')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError();
  const commands = await Promise.all(namedBy(args).map((load) => load()));
  for (const add of commands) add(program, loadApi);
  return program;
}

function namedBy([first = '']: readonly string[]): readonly (() => Promise<AddCommand>)[] {
  if (['--version', '-V'].includes(first)) return [];
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  return named ? [named] : Object.values(COMMANDS);
}
