import { Command } from 'commander';
import { VERSION } from '../server/lib/package-root.ts';
import { addAudit } from './audit.ts';
import { addCall } from './call.ts';
import { addDoctor } from './doctor/command.ts';
import { addExchangeRules } from './exchange-rules.ts';
import { addGenerateClient } from './generate-client.ts';
import { addKeygen } from './keygen.ts';
import { addKeys } from './keys.ts';
import type { LoadApi } from './load-api.ts';
import { addMasterKey } from './master-key.ts';
import { addMigrate } from './migrate.ts';
import { addOpenapi } from './openapi.ts';
import { addReceipt } from './receipt.ts';
import { addServe } from './serve.ts';
import { addSetupToken } from './setup-token.ts';
import { addSign } from './sign.ts';
import { addUsers } from './users.ts';
import { addWorkspaces } from './workspaces.ts';

const COMMANDS = [
  addServe,
  addMigrate,
  addSetupToken,
  addUsers,
  addWorkspaces,
  addKeys,
  addExchangeRules,
  addKeygen,
  addSign,
  addCall,
  addAudit,
  addReceipt,
  addMasterKey,
  addDoctor,
  addGenerateClient,
  addOpenapi,
];

/** The whole command line of a service. It prints only help; every error is thrown. */
export function createProgram(loadApi: LoadApi): Command {
  const program = new Command('keyseal')
    .description('Run and administer Keyseal, which authenticates calls to a typed API')
    .version(VERSION)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError();
  for (const add of COMMANDS) add(program, loadApi);
  return program;
}
