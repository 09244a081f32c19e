import type { Clock } from '../lib/clock.ts';
import type { FairQueue } from '../lib/concurrency/fair-queue.ts';
import type { Pacer } from '../lib/concurrency/pacer.ts';
import type { Audit } from './audit/audit.ts';
import type { ReceiptChains } from './audit/receipt-chains.ts';
import type { RejectedAttemptLog } from './audit/rejected-attempts.ts';
import type { CredentialStore } from './credentials/credentials.ts';
import type { LastUsed } from './credentials/last-used.ts';
import type { BatchResults } from './database/batch-results.ts';
import type { CostlyReads } from './database/costly-reads.ts';
import type { Database } from './database/database.ts';
import type { DatabaseTurns } from './database/database-turns.ts';
import type { Writes } from './database/writes.ts';
import type { ProviderLogouts } from './issuers/provider-logouts.ts';
import type { TrustedIssuers } from './issuers/trusted-issuers.ts';
import type { CreditStore } from './limits/credits.ts';
import type { FailedAttempts } from './limits/failed-attempts.ts';
import type { LoginFailures } from './limits/login-failures.ts';
import type { RateStore } from './limits/rates.ts';
import type { LiveTailHub } from './live-tail/hub.ts';
import type { ReplayStore } from './replay/replay.ts';
import type { ResponseKeys } from './secrets/response-keys.ts';
import type { RewrapOnUse } from './secrets/rewrap-on-use.ts';
import type { TokenKeys } from './secrets/token-keys.ts';
import type { Vault } from './secrets/vault.ts';
import type { Latencies } from './usage/latencies.ts';
import type { RequestLog } from './usage/request-log.ts';
import type { UnauthenticatedCalls } from './usage/unauthenticated-calls.ts';
import type { Usage } from './usage/usage.ts';

/** Everything that outlives a request. */
export interface Stores {
  readonly database: Database;
  readonly databaseTurns: DatabaseTurns;
  readonly costlyReads: CostlyReads;
  readonly batchResults: BatchResults;
  readonly writes: Writes;
  readonly vault: Vault;
  readonly credentials: CredentialStore;
  readonly rewrapOnUse: RewrapOnUse;
  readonly replay: ReplayStore;
  readonly rates: RateStore;
  readonly credits: CreditStore;
  readonly tokenKeys: TokenKeys;
  readonly responseKeys: ResponseKeys;
  /** The identity providers that the service trusts. */
  readonly issuers: TrustedIssuers;
  readonly providerLogouts: ProviderLogouts;
  readonly failedAttempts: FailedAttempts;
  readonly loginFailures: LoginFailures;
  /** Sign-ups, by network and IP address. */
  readonly signUps: Pacer;
  readonly lastUsed: LastUsed;
  readonly usage: Usage;
  readonly latencies: Latencies;
  readonly requestLog: RequestLog;
  readonly unauthenticatedCalls: UnauthenticatedCalls;
  readonly liveTail: LiveTailHub;
  readonly audit: Audit;
  readonly receiptChains: ReceiptChains;
  /** Verifications of audit logs, one of a workspace at a time. */
  readonly verifications: FairQueue;
  readonly rejectedAttempts: RejectedAttemptLog;
  readonly clock: Clock;
}
