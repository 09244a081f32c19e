import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { wildcardOf } from '../../shared/permissions.ts';
import { DEMO_EMAIL, insertAccount, isEmpty, offerSetupToken } from '../auth/accounts.ts';
import { hashPassword } from '../auth/passwords.ts';
import { insertKey } from '../keys/create.ts';
import { ConfigError } from '../lib/config.ts';
import { Refusal } from '../lib/refusal.ts';
import type { Service } from '../rpc/trpc.ts';
import { pastableCall } from '../samples/pastable-call.ts';
import { systemActor } from '../stores/audit/audit.ts';
import { makeDirs, writeAll, writeSecretFile } from '../stores/database/private-files.ts';
import { newSetupToken } from '../stores/secrets/link-tokens.ts';

/**
 * Shows the secrets of a first startup: on a terminal, or else in a file that only its owner can read. It is called before the
 * transaction commits, and throws if it cannot show them: then nothing is committed.
 */
export type SecretSink = (name: string, text: string) => void;

/** Shows secrets on the terminal if there is one. Secrets never go through the logger. */
export function showSecrets(dataDir: string, terminal: boolean, say: (line: string) => void): SecretSink {
  return (name, text) => {
    if (terminal) return writeAll(process.stdout.fd, text);
    const path = join(dataDir, name);
    try {
      makeDirs(dataDir);
      writeSecretFile(path, text, 'replace');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new ConfigError(
        `The secrets of the first start cannot be written to "${path}" (${code ?? message}), and nothing was created: let this user write to KEYSEAL_DATA_DIR, or start on a terminal.`,
      );
    }
    say(path);
  };
}

/** Fills an empty database: a demo outside production, a set-up token for the first account in production. */
export async function prepareFirstStart(service: Service, show: SecretSink): Promise<void> {
  const { config, stores } = service;
  if (!(await isEmpty(stores.database.db))) return;
  if (config.demo) await makeDemo(service, show).catch(ignoreConflict);
  else if (config.signUp === 'first') await offerSetup(service, show);
}

async function offerSetup({ config, stores }: Service, show: SecretSink): Promise<void> {
  const { database, vault } = stores;
  const token = config.setupToken ?? newSetupToken(vault);
  await database.db.transaction(async (tx) => {
    const offered = await offerSetupToken(tx, vault, token, config.setupToken !== null);
    if (offered && config.setupToken === null) show('setup-token', `${token}\n`);
  });
}

async function makeDemo(service: Service, show: SecretSink): Promise<void> {
  const { config, stores, origins } = service;
  const { database, vault, clock, audit } = stores;
  const password = randomBytes(12).toString('base64url');
  const email = DEMO_EMAIL;
  const passwordHash = await hashPassword(password);
  const createdAt = new Date(clock());
  await database.db.transaction(async (tx) => {
    const { user, workspaceId } = await insertAccount(tx, { email, name: 'Demo', passwordHash, createdAt });
    const made = await insertKey(tx, vault, config.brand, {
      workspaceId,
      ownerId: user.id,
      name: 'Demo key',
      environment: 'test',
      permissions: [...new Set(config.permissions.map(wildcardOf))],
      expiresAt: null,
      createdAt,
    });
    await audit.recordAll(tx, systemActor(workspaceId), [
      { action: 'demo', kind: 'workspace', subject: workspaceId, after: { ownerId: user.id } },
      { action: 'demo', kind: 'key', subject: made.row.id, after: made.row },
    ]);
    show('demo.txt', demoText(origins[0] as string, email, password, made));
  });
}

interface Secrets {
  readonly secret: string;
  readonly signingSecret: string;
}

function demoText(
  origin: string,
  email: string,
  password: string,
  { secret, signingSecret }: Secrets,
): string {
  return `
An empty database: here is a demo account with a key. This is shown once.

  account          ${email}
  password         ${password}
  API key          ${secret}
  signing secret   ${signingSecret}

A signed call, to paste into another terminal (bash, curl, openssl):

${pastableCall(origin, secret, signingSecret)}
`;
}

/** If several instances start on one empty database, the first creates the demo. */
function ignoreConflict(error: unknown): void {
  if (!(error instanceof Refusal) || error.reason !== 'CONFLICT') throw error;
}
