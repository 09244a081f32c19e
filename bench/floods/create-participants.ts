import { hash } from '@node-rs/argon2';
import type { RunningService } from '../../server/app/service.ts';
import { insertAccount } from '../../server/auth/accounts.ts';
import { insertKey } from '../../server/keys/create.ts';
import { systemActor } from '../../server/stores/audit/audit.ts';
import type { Limit } from '../../shared/limits.ts';
import { LIMIT } from '../fixtures/setting.ts';
import { AUTHORITY } from '../processes/servers/routes.ts';
import type { FloodIssuer } from './issuer.ts';
import type { Account, Key, Participants } from './participants.ts';

/** How many rows a flood and its honest callers use up. */
export interface Seeds {
  /** Keys that are called once each. */
  readonly cold: number;
  /** Records in the audit log of the attacker's workspace. */
  readonly records: number;
}

const PASSWORD = 'a password that nobody guesses';
const LIMITED_KEYS = 20;
const FEW = { name: 'few', limit: 5, windowSeconds: 3_600 };
const PERMISSIONS = ['exemple:read', 'echo:write', 'clock:read', 'requests:verify'];

/** Creates the callers of a flood in a service's database. */
export async function createParticipants(
  running: RunningService,
  { cold, records }: Seeds,
  { token }: Pick<FloodIssuer, 'token'>,
): Promise<Participants> {
  // With the service's own parameters.
  const passwordHash = await hash(PASSWORD, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
  const tenant = (name: string) => newTenant(running, `${name}@example.com`, passwordHash);
  const [first, second, attacker] = [await tenant('first'), await tenant('second'), await tenant('attacker')];
  await writeRecords(running, attacker.workspaceId, records);
  return {
    honest: {
      first: await first.newKey([LIMIT]),
      second: await second.newKey(),
      cold: await several(cold, () => second.newKey()),
      person: first.account,
    },
    attacker: {
      key: await attacker.newKey(),
      limited: await several(LIMITED_KEYS, () => attacker.newKey([FEW])),
      person: attacker.account,
    },
    token,
  };
}

async function newTenant({ service }: RunningService, email: string, passwordHash: string) {
  const { database, vault, clock } = service.stores;
  const createdAt = new Date(clock());
  const { user, workspaceId } = await insertAccount(database.db, {
    email,
    name: 'Flooded',
    passwordHash,
    createdAt,
  });
  const newKey = async (limits: Limit[] = []): Promise<Key> => {
    const { row, secret, signingSecret } = await insertKey(database.db, vault, service.config.brand, {
      workspaceId,
      ownerId: user.id,
      name: 'Flooded',
      environment: 'live',
      permissions: PERMISSIONS,
      authorities: [AUTHORITY],
      limits,
      expiresAt: null,
      createdAt,
    });
    return { id: row.id, apiKey: secret, signingSecret };
  };
  const account: Account = { email, password: PASSWORD };
  return { workspaceId, account, newKey };
}

async function several<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  while (made.length < count) made.push(await make());
  return made;
}

async function writeRecords({ service }: RunningService, workspaceId: string, count: number): Promise<void> {
  if (count === 0) return;
  const { database, audit } = service.stores;
  const change = { action: 'test', kind: 'key', subject: 'flooded', after: { name: 'x' } } as const;
  const changes = Array.from({ length: count }, () => change);
  await database.db.transaction((tx) => audit.recordAll(tx, systemActor(workspaceId), changes));
}
