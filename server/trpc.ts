import { initTRPC, TRPCError } from '@trpc/server';
import type { Logger } from 'pino';
import { ZodError } from 'zod';
import type { Guard } from '../shared/guard.ts';
import type { Config } from './config.ts';
import type { Caller, KeyCaller, OnBehalf, UserCaller } from './gate/caller.ts';
import type { Gate } from './gate/gate.ts';
import { Refusal, shapeOf } from './refusal.ts';
import type { Stores } from './stores/stores.ts';

/** What every procedure is given. */
export interface Context {
  readonly caller: Caller | null;
  readonly request: {
    readonly id: string;
    readonly address: string;
    readonly origin: string | null;
    readonly cookie: string | null;
  };
  /** `set-cookie` lines of the answer. */
  readonly cookies: string[];
  readonly service: Service;
}

/** What the procedures of one running service share. */
export interface Service {
  readonly stores: Stores;
  readonly gate: Gate;
  readonly config: Config;
  readonly log: Logger;
  readonly origins: readonly string[];
  readonly issuer: string;
}

const t = initTRPC
  .context<Context>()
  .meta<Guard>()
  .create({
    isDev: false,
    errorFormatter: ({ error, path, ctx }) => shapeOf(refusalOf(error), path, ctx?.request.id ?? ''),
  });

export const router = t.router;

/** Who a guard lets through, in types. */
type CallerOf<A extends Guard['access']> = A extends 'public'
  ? null
  : A extends 'session'
    ? Extract<Caller, { kind: 'session' }>
    : A extends 'user'
      ? UserCaller
      : A extends 'key'
        ? KeyCaller
        : A extends 'key-for-user'
          ? KeyCaller & { readonly user: OnBehalf }
          : KeyCaller | UserCaller;

/**
 * The one way to begin a procedure: with its guard. Nothing of its input is parsed before the guard has let
 * the caller through.
 */
export function procedure<const G extends Guard>(guard: G) {
  return t.procedure.meta(guard).use(({ ctx, next }) => {
    ctx.service.gate.authorize(ctx.caller, guard);
    // `authorize` has just held this table of access; the type says what it let through.
    return next({ ctx: { caller: ctx.caller as CallerOf<G['access']> } });
  });
}

/** What the caller is told of an error: our own refusals as they are, of anything else no word. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (!(error instanceof TRPCError))
    return new Refusal(isOutage(error) ? 'UNAVAILABLE' : 'INTERNAL', {}, error);
  if (error.cause instanceof Refusal) return error.cause;
  switch (error.code) {
    case 'PARSE_ERROR':
    case 'BAD_REQUEST':
      return new Refusal('INPUT_INVALID', { issues: issuesOf(error.cause) });
    case 'NOT_FOUND':
      return new Refusal('PROCEDURE_NOT_FOUND');
    case 'METHOD_NOT_SUPPORTED':
      return new Refusal('METHOD_NOT_SUPPORTED');
    case 'UNSUPPORTED_MEDIA_TYPE':
      return new Refusal('MEDIA_TYPE_NOT_SUPPORTED');
    default:
      return new Refusal(isOutage(error.cause) ? 'UNAVAILABLE' : 'INTERNAL', {}, error.cause ?? error);
  }
}

/** At most so many places of a wrong input are named. */
const MAX_ISSUES = 10;

function issuesOf(cause: unknown): { path: string; message: string }[] {
  if (!(cause instanceof ZodError)) return [{ path: '', message: 'The input cannot be read.' }];
  return cause.issues.slice(0, MAX_ISSUES).map((issue) => ({
    path: issue.path.join('.').slice(0, 200),
    message: issue.message.slice(0, 500),
  }));
}

/** Errors of a connection (Node's and postgres.js's), and SQLSTATE classes 08, 53, 57: the store is not there. */
const OUTAGE =
  /^(ECONN|EPIPE|ENOTFOUND|ETIMEDOUT|EHOSTUNREACH|CONNECTION_|CONNECT_TIMEOUT|08\w{3}$|53\w{3}$|57\w{3}$|25006$|40P01$)/;

/** Whether an error, or what caused it, is a store that cannot answer. */
function isOutage(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (OUTAGE.test(String((cause as { code?: unknown }).code))) return true;
    if (cause.message === 'PGlite is closed') return true;
  }
  return false;
}
