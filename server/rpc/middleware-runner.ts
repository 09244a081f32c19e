import { getTRPCErrorFromUnknown, TRPCError } from '@trpc/server';
import type { MaybePromise } from '../lib/concurrency/maybe-promise.ts';

/** The argument of a middleware; `next` may add to its context, and set its input. */
interface MiddlewareCall {
  readonly ctx: object;
  readonly type: string;
  readonly path: string;
  readonly input?: unknown;
  readonly getRawInput: unknown;
  readonly signal: AbortSignal | undefined;
  readonly batchIndex: number | undefined;
}

type Overrides = Partial<Pick<MiddlewareCall, 'ctx' | 'input' | 'getRawInput'>>;
type Result =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError };
type Next = (overrides?: Overrides) => Promise<Result>;
/** In plain JavaScript a middleware can forget to return `next()`, and returns nothing. */
type Middleware = (step: MiddlewareStep) => Promise<Result | undefined>;

/** The argument of one middleware. The signal of a call is made when a middleware reads it. */
class MiddlewareStep implements MiddlewareCall {
  readonly ctx: object;
  readonly type: string;
  readonly path: string;
  readonly input: unknown;
  readonly getRawInput: unknown;
  readonly batchIndex: number | undefined;
  readonly meta: unknown;
  readonly next: Next;
  readonly #call: MiddlewareCall;

  constructor(
    call: MiddlewareCall,
    { ctx, input, getRawInput }: Required<Overrides>,
    meta: unknown,
    next: Next,
  ) {
    this.ctx = ctx;
    this.type = call.type;
    this.path = call.path;
    this.input = input;
    this.getRawInput = getRawInput;
    this.batchIndex = call.batchIndex;
    this.meta = meta;
    this.next = next;
    this.#call = call;
  }

  get signal(): AbortSignal | undefined {
    return this.#call.signal;
  }
}

/** What tRPC passes to a procedure's caller: the call, and the parts of the procedure. */
interface ProcedureCall {
  readonly args: readonly unknown[];
  readonly _def: { readonly meta: unknown; readonly middlewares?: readonly Middleware[] };
}

/**
 * Makes the function that runs the middlewares of a procedure, each within the one before, as tRPC does. The last of
 * them is the procedure's resolver. tRPC copies their shared state at every step, which took an eighth of a signed
 * call; this runner copies only what changes.
 * @param beforeResolver runs right before the resolver at each call, with the resolver's context
 * @returns a function that returns the procedure's result, or rejects with a TRPCError
 */
export function middlewareRunner<Context extends object>(
  beforeResolver: (ctx: Context) => MaybePromise<unknown>,
) {
  return async ({ args, _def: { meta, middlewares = [] } }: ProcedureCall): Promise<unknown> => {
    const call = args[0] as MiddlewareCall;
    const run = async (nth: number, known: Required<Overrides>): Promise<Result> => {
      const next = (overrides?: Overrides) =>
        run(nth + 1, overrides ? mergeOverrides(known, overrides) : known);
      try {
        const before = nth === middlewares.length - 1 && beforeResolver(known.ctx as Context);
        if (before instanceof Promise) await before;
        const result = await (middlewares[nth] as Middleware)(new MiddlewareStep(call, known, meta, next));
        return result || failWithoutResult();
      } catch (cause) {
        return { ok: false, error: getTRPCErrorFromUnknown(cause) };
      }
    };
    const { ctx, input, getRawInput } = call;
    const result = await run(0, { ctx, input, getRawInput });
    if (!result.ok) throw result.error;
    letReject(result.data);
    return result.data;
  };
}

/**
 * A result with promises is refused to a client that does not read a stream, and then nothing awaits them: one that rejects
 * would end the process.
 */
function letReject(data: unknown): void {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || ArrayBuffer.isView(data)) return;
  for (const value of Object.values(data)) if (value instanceof Promise) value.catch(() => {});
}

/** Throws the same error as tRPC, but even to the outer middlewares: they never receive a missing result. */
function failWithoutResult(): never {
  const message = 'No result from middlewares - did you forget to `return next()`?';
  throw new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message });
}

function mergeOverrides(known: Required<Overrides>, more: Overrides): Required<Overrides> {
  return {
    // Spreading two objects takes ten times as long (V8 in Node 20).
    ctx: more.ctx ? Object.assign({}, known.ctx, more.ctx) : known.ctx,
    input: 'input' in more ? more.input : known.input,
    getRawInput: more.getRawInput ?? known.getRawInput,
  };
}
