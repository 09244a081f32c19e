import { initTRPC } from '@trpc/server';
import type { Logger } from 'pino';
import { addressPath, type FairnessPath } from '../../shared/fairness/fairness-path.ts';
import type { ProcedureGuard, SoundGuard } from '../../shared/guard.ts';
import type { LimitState } from '../../shared/limits.ts';
import { REFUSALS } from '../../shared/refusals.ts';
import type { Caller, KeyCaller, SessionUserCaller, UserCaller } from '../gate/caller/caller.ts';
import { payerOfCaller } from '../gate/caller/caller-payer.ts';
import type { Gate } from '../gate/gate.ts';
import type { Charge } from '../gate/limits/credits.ts';
import type { MaybePromise } from '../lib/concurrency/maybe-promise.ts';
import type { Config } from '../lib/config.ts';
import { Refusal, shapeOf } from '../lib/refusal.ts';
import { describeSpan, inSpan, type SpanOutcome } from '../lib/tracing.ts';
import type { OpenBatch } from '../stores/database/batch-results.ts';
import type { Stores } from '../stores/stores.ts';
import { recordCall } from '../stores/usage/record-call.ts';
import type { UsageOutcome } from '../stores/usage/usage.ts';
import { freezeGuard } from './guard-check.ts';
import { middlewareRunner } from './middleware-runner.ts';
import { refusalOf } from './procedure-refusal.ts';
import type { Api } from './procedure-registry.ts';

/** What a procedure that opens a stream says about it. */
interface StreamState {
  /** The id after which it resumes if it is interrupted before its first event; null if it has none. */
  startId: string | null;
  /**
   * Called whenever the caller's right is checked again: ends the stream once something else that it needs is gone. Never
   * rejects. Null if it needs nothing else.
   */
  revalidate: (() => Promise<void>) | null;
}

/** The context of every procedure. */
export interface Context {
  readonly caller: Caller | null;
  readonly request: {
    readonly id: string;
    /** Null if a trusted proxy reports it as unknown. */
    readonly address: string | null;
    /** The time when it was read, by `performance.now()`. */
    readonly startedAt: number;
    readonly origin: string | null;
    readonly cookie: string | null;
    readonly userAgent: string | null;
    /** Query parameters that no call reads. */
    readonly unknownParameters: readonly string[];
    /** Checks the inputs of all calls together, before this call reads its own; null if they need no check. */
    readonly checkInputs: (() => MaybePromise<unknown>) | null;
    /** For a batch of several queries: the results that wait for the others. */
    readonly batchResults: OpenBatch | null;
  };
  /** `set-cookie` lines of the response. */
  readonly cookies: string[];
  /** The state of rate limits after each call of the request. */
  readonly limits: LimitState[];
  readonly stream: StreamState;
  readonly service: Service;
}

/** The shared parts of one running service's procedures. */
export interface Service {
  readonly api: Api;
  readonly stores: Stores;
  readonly gate: Gate;
  readonly config: Config;
  readonly log: Logger;
  readonly origins: readonly string[];
  readonly issuer: string;
}

/** The first public origin, which serves the docs. */
export const callOriginOf = ({ origins }: Service): string => origins[0] as string;

const t = initTRPC
  .context<Context>()
  .meta<ProcedureGuard<string>>()
  .create({
    isDev: false,
    errorFormatter: ({ error, path, ctx }) =>
      shapeOf(refusalOf(error), path, ctx?.request.id ?? '', ctx ? callOriginOf(ctx.service) : ''),
  });

export const router = t.router;

/**
 * tRPC's builder with Keyseal's middleware runner. The runner pays right before the resolver:
 * after every `input` and `use` of the procedure, in whatever order it was built. tRPC types what a builder with a runner builds as
 * plain functions, which no router accepts; these are procedures.
 */
const baseProcedure = t.procedure.experimental_caller(
  middlewareRunner<{ charge: Charge }>(({ charge }) => charge.pay()) as never,
) as unknown as typeof t.procedure;

/** The type of the callers that a guard admits. */
export type CallerOf<G extends ProcedureGuard<string>> = G['access'] extends 'public'
  ? null
  : G['access'] extends 'session'
    ? Extract<Caller, { kind: 'session' }>
    : G['access'] extends 'user'
      ? G extends { readonly permission: string }
        ? UserCaller
        : SessionUserCaller
      : G['access'] extends 'key'
        ? KeyCaller
        : G['access'] extends 'key-for-user'
          ? KeyCaller & { readonly user: NonNullable<KeyCaller['user']> }
          : KeyCaller | UserCaller;

/**
 * The maximum size of an input of Keyseal's own procedures in bytes: the largest valid one, of `keys.create`, has 40 KiB. Parsing a
 * megabyte of hostile JSON stops the event loop for a tenth of a second, and checking it for longer.
 */
const OWN_MAX_INPUT = 128 * 1024;

/**
 * The only way to begin a procedure: with its guard. No input is parsed before the guard has authorized the
 * caller and counted the call in its limits; nothing is paid before the input is valid.
 */
export const procedure = createGuardedProcedure<ProcedureGuard>({
  usesDatabase: true,
  maxInput: OWN_MAX_INPUT,
});

/** The same for a procedure that sends no statement to the database: it need not wait for the statements of others. */
export const databaseFreeProcedure = createGuardedProcedure<ProcedureGuard>({
  usesDatabase: false,
  maxInput: OWN_MAX_INPUT,
});

/**
 * The same for guards with custom permissions.
 * @param maxInput the `maxInput` of guards that have none
 */
export function createGuardedProcedure<Allowed extends ProcedureGuard<string>>({
  usesDatabase,
  maxInput,
}: {
  usesDatabase: boolean;
  maxInput?: number;
}) {
  return <const G extends Allowed>(declared: G & SoundGuard<G>) => {
    const guard: G = freezeGuard(declared, maxInput === undefined ? {} : { maxInput });
    return baseProcedure.meta(guard).use(({ ctx, path, next }) =>
      recordOutcome(ctx, path, async () => {
        const { gate, stores } = ctx.service;
        const onLimits = (states: readonly LimitState[]) => ctx.limits.push(...states);
        const charge = await gate.authorize(ctx.caller, guard, { onLimits });
        checkQuery(ctx.request);
        // Even if this call reads no input: the batch's inputs are parsed as a whole.
        if (ctx.request.checkInputs) await ctx.request.checkInputs();
        const turn = usesDatabase ? stores.databaseTurns.wait(() => turnPayer(ctx)) : null;
        if (turn) await turn;
        // `authorize` has just checked the access of the guard; the type states its result.
        const result = await next({ ctx: { caller: ctx.caller as CallerOf<G>, charge } });
        if (!result.ok) await charge.refund();
        else if (ctx.request.batchResults) await holdResult(ctx.request.batchResults, result.data, charge);
        return result;
      }),
    );
  };
}

/** Counts the result of a call of a batch. Refunds the call and refuses it if there is no room. */
async function holdResult(batch: OpenBatch, result: unknown, charge: Charge): Promise<void> {
  try {
    batch.add(result);
  } catch (error) {
    await charge.refund();
    throw error;
  }
}

/** The payer of a call's turn. Unauthenticated callers share one group, divided by network and address. */
const turnPayer = ({ caller, request }: Context): FairnessPath =>
  caller ? payerOfCaller(caller) : ['unauthenticated', ...addressPath(request.address)];

/**
 * Refuses with INPUT_INVALID a parameter that no call reads: `?input[name]=Ada`, as some generated clients send it,
 * would otherwise be a call without input.
 */
function checkQuery({ unknownParameters }: Context['request']): void {
  if (unknownParameters.length === 0) return;
  const message =
    'is not a parameter: the input of a query is JSON in `input`, that of a mutation is its body';
  const issues = unknownParameters
    .slice(0, MAX_ISSUES)
    .map((name) => ({ path: name.slice(0, 200), message }));
  throw new Refusal('INPUT_INVALID', { issues });
}

/** Records the outcome of each call of a key and, if tracing is on, of every call. */
function recordOutcome<R extends { ok: boolean; error?: unknown }>(
  { caller, request, service }: Context,
  path: string,
  call: () => Promise<R>,
): Promise<R> {
  return inSpan(path, async (span) => {
    if (span === null && caller?.kind !== 'key') return call();
    const record = (outcome: UsageOutcome) => {
      if (caller?.kind === 'key') recordCall(service.stores, caller, path, outcome, request);
      if (span?.isRecording()) describeSpan(span, callOutcome(path, outcome));
    };
    try {
      const result = await call();
      record(result.ok ? 'OK' : refusalOf(result.error).reason);
      return result;
    } catch (error) {
      record(refusalOf(error).reason);
      throw error;
    }
  });
}

/** By OpenTelemetry's conventions for RPC (1.45). */
function callOutcome(path: string, outcome: UsageOutcome): SpanOutcome {
  const attributes = { 'rpc.system.name': 'trpc', 'rpc.method': path, 'rpc.status_code': outcome };
  return { attributes, fault: isFault(outcome) ? outcome : null };
}

/** Whether an outcome is the service's own failure. */
const isFault = (outcome: UsageOutcome): boolean => outcome !== 'OK' && REFUSALS[outcome].status >= 500;

/** The maximum number of unknown parameters that a refusal names. */
const MAX_ISSUES = 10;
