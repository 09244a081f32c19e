import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SERVER = fileURLToPath(new URL('../../server/', import.meta.url));
/** Folders with procedures. */
const PROCEDURES = /^(audit|auth|keys|requests|samples|sessions|usage|workspaces)\//;
const DIRECT = /\bdb\.transaction\(/g;

/** Transactions that no tenant's call begins as often as it likes. */
const EXCEPTIONS = {
  'auth/password-queue.ts': 'the queue of unauthenticated callers',
  'auth/external/backchannel-logout.ts': 'a queue of its own',
  'auth/external/sync-memberships.ts': 'a job',
  'auth/passkeys/manage.ts': 'an operator',
  'auth/second-factor/change.ts': 'an operator',
  'workspaces/sign-in-rule.ts': 'an operator',
};

test('A4: procedures begin their transactions in the queue of writes', () => {
  const direct = readdirSync(SERVER, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((path) => PROCEDURES.test(path) && path.endsWith('.ts'))
    .flatMap((path) => (readFileSync(SERVER + path, 'utf8').match(DIRECT) ?? []).map(() => path));
  expect(direct.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
});
