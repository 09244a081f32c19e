import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../server/lib/config.ts';
import type { MasterKey } from '../../server/lib/env-schema.ts';
import { withoutSecrets } from '../../server/stores/database/open-postgres.ts';
import { developmentMasterKey } from '../../server/stores/database/pglite/data-dir.ts';
import { dataDirFailure } from '../../server/stores/database/pglite/data-dir-failure.ts';
import { type DoctorCheck, failedCheck } from './check.ts';

/** The parsed configuration, without its secrets. */
export function checkConfiguration(config: Config): DoctorCheck {
  const { databaseUrl, masterKeys, setupToken, trustedProxies, permissions, issuers, ...plain } = config;
  const details = {
    ...plain,
    database: databaseUrl === null ? 'PGlite in the data directory' : withoutSecrets(databaseUrl),
    masterKeyVersions: masterKeys?.map(({ version }) => version) ?? null,
    setupToken: setupToken === null ? 'none' : 'set',
    trustedProxies: trustedProxies?.entries ?? [],
    permissions: permissions.length,
    issuers: issuers.map(({ name, issuer }) => `${name}: ${issuer}`),
  };
  const { production, host, port, publicOrigins, signUp } = config;
  const origins = publicOrigins?.join(', ') ?? 'localhost';
  const found = `${production ? 'production' : 'development'}, listens on ${host}:${port}, reached as ${origins}, sign-up ${signUp}, database ${details.database}`;
  return { name: 'configuration', state: 'right', found, details };
}

/** Checks that only the owner can access the data directory and the master key in it. */
export function checkDataDir(config: Config): DoctorCheck {
  try {
    return checkModes(config);
  } catch (error) {
    // For example, this user may not enter a directory above it.
    return failedCheck(
      'data directory',
      dataDirFailure(config.dataDir, error).message,
      'Do what this says, then run doctor again.',
    );
  }
}

function checkModes({ dataDir }: Config): DoctorCheck {
  const exposed = [
    dataDir,
    join(dataDir, 'master.key'),
    join(dataDir, 'setup-token'),
    join(dataDir, 'demo.txt'),
  ]
    .map((path) => ({ path, mode: modeOf(path) }))
    .filter(({ mode }) => mode !== null && (mode & 0o077) !== 0);
  if (exposed.length > 0) {
    const found = exposed.map(({ path, mode }) => `${path} has the mode ${mode?.toString(8)}`).join(', ');
    const fix = `Run chmod go= ${exposed.map(({ path }) => path).join(' ')}.`;
    return failedCheck('data directory', `${found}: others can read it`, fix);
  }
  const there = modeOf(dataDir) !== null;
  const found = there ? `only the owner can read ${dataDir}` : `${dataDir} does not exist yet`;
  return { name: 'data directory', state: 'right', found };
}

function modeOf(path: string): number | null {
  const found = statSync(path, { throwIfNoEntry: false });
  return found ? found.mode & 0o777 : null;
}

/** The master keys that startup would use; null if it would create the first one. */
export function keysOf({ masterKeys, dataDir }: Config): readonly MasterKey[] | null {
  if (masterKeys) return masterKeys;
  try {
    readFileSync(join(dataDir, 'master.key'));
  } catch {
    return null;
  }
  return developmentMasterKey(dataDir);
}
