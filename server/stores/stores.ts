import type { Clock } from '../lib/clock.ts';
import type { FairQueue } from '../lib/concurrency/fair-queue.ts';
import type { Pacer } from '../lib/concurrency/pacer.ts';
import type { Audit } from './audit/audit.ts';
import type { RefusedAdmissions } from './audit/rejected-attempts.ts';
import type { Credentials } from './credentials/credentials.ts';
import type { LastUsed } from './credentials/last-used.ts';
import type { Database } from './database/database.ts';
import type { DatabaseTurns } from './database/database-turns.ts';
import type { Credits } from './limits/credits.ts';
import type { Failures } from './limits/failed-attempts.ts';
import type { LoginFailures } from './limits/login-failures.ts';
import type { RateStore } from './limits/rates.ts';
import type { Tails } from './live-tail/hub.ts';
import type { ReplayStore } from './replay/replay.ts';
import type { Renewal } from './secrets/rewrap-on-use.ts';
import type { TokenKeys } from './secrets/token-keys.ts';
import type { Vault } from './secrets/vault.ts';
import type { Strangers } from './usage/unauthenticated-calls.ts';
import type { Usage } from './usage/usage.ts';

/** Everything that outlives a request. */
export interface Stores {
  readonly database: Database;
  readonly databaseTurns: DatabaseTurns;
  readonly vault: Vault;
  readonly credentials: Credentials;
  readonly renewal: Renewal;
  readonly replay: ReplayStore;
  readonly rates: RateStore;
  readonly credits: Credits;
  readonly tokenKeys: TokenKeys;
  readonly failures: Failures;
  readonly loginFailures: LoginFailures;
  /** Accounts that are made, by network and address. */
  readonly signUps: Pacer;
  readonly lastUsed: LastUsed;
  readonly usage: Usage;
  readonly strangers: Strangers;
  readonly tails: Tails;
  readonly audit: Audit;
  /** Audit logs that are verified, one of a workspace at a time. */
  readonly verifications: FairQueue;
  readonly refusedAdmissions: RefusedAdmissions;
  readonly clock: Clock;
}
