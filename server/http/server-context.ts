import { DEMO_EMAIL, isOnlyAccount } from '../auth/accounts.ts';
import { type SignUpState, signUpState } from '../auth/sign-up.ts';
import { coalesce } from '../lib/concurrency/coalesce.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Service } from '../rpc/trpc.ts';
import type { Readiness } from './readiness.ts';
import type { RefusalLog } from './refusal-log.ts';
import type { RequestSettings } from './request/api-request.ts';
import type { OpenStreams } from './streams/open-streams.ts';

/** Queries for public pages. Concurrent requests share one execution. */
export interface SharedQueries {
  readonly signUp: () => Promise<SignUpState>;
  /** Whether the demo account is the only one: only then does the page show its hint. */
  readonly hasOnlyDemo: () => Promise<boolean>;
}

export function sharedQueriesOf(service: Service): SharedQueries {
  const hasOnlyDemo = onlyDemoQuery(service);
  return {
    // Without a database nobody can sign up, and the page itself says so.
    signUp: coalesce(() => signUpState(service).catch(() => 'closed' as const)),
    hasOnlyDemo: coalesce(() => hasOnlyDemo().catch(() => false)),
  };
}

/** Queries until there is another account: a deleted one remains as a row, so the result never changes back. */
function onlyDemoQuery({ config, stores }: Service): () => Promise<boolean> {
  let isOnly = config.demo;
  return async () => {
    if (isOnly) isOnly = await isOnlyAccount(stores.database.db, DEMO_EMAIL);
    return isOnly;
  };
}

/** The service's parts, once they are ready. */
export interface ServerContext {
  readonly service: Service;
  readonly requestSettings: RequestSettings;
  readonly metrics: Metrics;
  readonly refusalLog: RefusalLog;
  readonly streams: OpenStreams;
  readonly shared: SharedQueries;
  readonly readiness: Readiness;
  /** Whether `/metrics` is on this port. */
  readonly exposesMetrics: boolean;
}
