import type { TRPCBuiltRouter, TRPCRouterRecord } from '@trpc/server';
import type { ProcedureGuard } from '../shared/guard.ts';
import type { RefusalShape } from '../shared/refusals.ts';
import type { Routes } from './routes.ts';

/** The router type of a record of procedures. It imports no code of the server. */
export type RouterOf<R extends TRPCRouterRecord> = TRPCBuiltRouter<
  { ctx: object; meta: ProcedureGuard<string>; errorShape: RefusalShape; transformer: false },
  WithoutStreamedOutputs<R> extends infer A extends TRPCRouterRecord ? A : never
>;

/** The properties of a query or a mutation that concern its output. */
interface CalledOnce {
  readonly _def: { readonly type: 'query' | 'mutation'; readonly $types: { readonly output: unknown } };
}

/** Has no `query` and no `mutate`, so that a call of it does not compile. */
type Streaming = { readonly 'This procedure streams its output: declare it as a subscription.': never };

/** The same record, in which a query or a mutation cannot be called whose output is not JSON: the service would refuse it. */
type WithoutStreamedOutputs<R> = {
  readonly [K in keyof R]: R[K] extends CalledOnce
    ? IsStreamed<R[K]['_def']['$types']['output']> extends true
      ? Streaming
      : R[K]
    : R[K] extends TRPCRouterRecord
      ? WithoutStreamedOutputs<R[K]>
      : R[K];
};

/** Values that JSON cannot contain, because they are not there yet. */
type Deferred = AsyncIterable<unknown> | PromiseLike<unknown> | Iterator<unknown>;

/** Types whose properties are not examined: none of them contains a deferred value. */
type Plain =
  | string
  | number
  | bigint
  | boolean
  | symbol
  | null
  | undefined
  | Date
  | ((...args: never) => unknown);

/** Levels of an output that are examined: types may be recursive. */
type Levels = [0, 0, 0, 0];

/** Whether an output is streamed: it is an iterator or a promise, or has one in a property. */
type IsStreamed<Output, Left extends readonly 0[] = Levels> = 0 extends 1 & Output
  ? false
  : [Extract<Output, Deferred>] extends [never]
    ? Left extends readonly [0, ...infer Fewer extends readonly 0[]]
      ? true extends HasStreamed<Output, Fewer>
        ? true
        : false
      : false
    : true;

/** The same of each property, for each type of a union. */
type HasStreamed<Output, Left extends readonly 0[]> = Output extends Plain
  ? false
  : Output extends readonly (infer Item)[]
    ? IsStreamed<Item, Left>
    : { [K in keyof Output]-?: IsStreamed<Output[K], Left> }[keyof Output];

/** The service's router. */
export type KeysealRouter = RouterOf<Routes>;
