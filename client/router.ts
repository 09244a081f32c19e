import type { TRPCBuiltRouter, TRPCRouterRecord } from '@trpc/server';
import type { ProcedureGuard } from '../shared/guard.ts';
import type { RefusalShape } from '../shared/refusals.ts';
import type { Routes } from './routes.ts';

/** The router type of a record of procedures. It imports no code of the server. */
export type RouterOf<R extends TRPCRouterRecord> = TRPCBuiltRouter<
  { ctx: object; meta: ProcedureGuard<string>; errorShape: RefusalShape; transformer: false },
  Answering<R> extends infer A extends TRPCRouterRecord ? A : never
>;

/** A query or a mutation, as far as its answer is concerned. */
interface AnsweredOnce {
  readonly _def: { readonly type: 'query' | 'mutation'; readonly $types: { readonly output: unknown } };
}

/** Has no `query` and no `mutate`, so that a call of it does not compile. */
type Streaming = { readonly 'This procedure streams its answer: declare it as a subscription.': never };

/** The same record, in which a query or a mutation cannot be called whose answer is no JSON: the service would refuse it. */
type Answering<R> = {
  readonly [K in keyof R]: R[K] extends AnsweredOnce
    ? IsStreamed<R[K]['_def']['$types']['output']> extends true
      ? Streaming
      : R[K]
    : R[K] extends TRPCRouterRecord
      ? Answering<R[K]>
      : R[K];
};

type Later = AsyncIterable<unknown> | PromiseLike<unknown>;

/** Whether an answer comes bit by bit: an async iterable, or an object with one, or with a promise, in it. */
type IsStreamed<Output> = 0 extends 1 & Output
  ? false
  : [Extract<Output, Later>] extends [never]
    ? [Extract<MembersOf<Output>, Later>] extends [never]
      ? false
      : true
    : true;

/** What the members of an object are, one by one; of what is no plain object, nothing. */
type MembersOf<Output> = Output extends readonly unknown[] | string | number | boolean | null | undefined
  ? never
  : Output[keyof Output];

/** The service's router. */
export type KeysealRouter = RouterOf<Routes>;
