import type { FairQueue } from '../fairness/fair-queue.ts';
import type { Pacer } from '../fairness/pacer.ts';
import type { Audit } from './audit.ts';
import type { Clock } from './clock.ts';
import type { Credentials } from './credentials.ts';
import type { Credits } from './credits.ts';
import type { Database } from './database.ts';
import type { DatabaseTurns } from './database-turns.ts';
import type { Failures } from './failures.ts';
import type { LastUsed } from './last-used.ts';
import type { LoginFailures } from './login-failures.ts';
import type { RateStore } from './rates.ts';
import type { RefusedAdmissions } from './refused-admissions.ts';
import type { Strangers } from './refused-calls.ts';
import type { Renewal } from './renewal.ts';
import type { ReplayStore } from './replay.ts';
import type { Tails } from './tails.ts';
import type { TokenKeys } from './token-keys.ts';
import type { Usage } from './usage.ts';
import type { Vault } from './vault.ts';

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
