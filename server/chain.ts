import type { TRPCError } from '@trpc/server';
import { getTRPCErrorFromUnknown } from '@trpc/server';

/** What a middleware is told of a call; `next` may add to its context, and give it an input. */
interface Call {
  readonly ctx: object;
  readonly type: string;
  readonly path: string;
  readonly input?: unknown;
  readonly getRawInput: unknown;
  readonly signal: AbortSignal | undefined;
  readonly batchIndex: number | undefined;
}

type More = Partial<Pick<Call, 'ctx' | 'input' | 'getRawInput'>>;
type Result =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: TRPCError };
type Middleware = (call: Call & { meta: unknown; next: (more?: More) => Promise<Result> }) => Promise<Result>;

/** What tRPC hands to whoever wants to call its procedures: the call, and what the procedure was built of. */
interface Called {
  readonly args: readonly unknown[];
  readonly _def: { readonly meta: unknown; readonly middlewares?: readonly Middleware[] };
}

/**
 * Runs the middlewares of a procedure one within the other, as tRPC itself does, for the short way and for the long.
 * tRPC copies all that they share at every step, which took an eighth of a sealed call; here nothing is copied that
 * does not change.
 * @returns what the procedure answers. Rejects with a TRPCError
 */
export async function runChain({ args, _def: { meta, middlewares = [] } }: Called): Promise<unknown> {
  const call = args[0] as Call;
  const { type, path, signal, batchIndex } = call;
  const run = async (nth: number, ctx: object, input: unknown, getRawInput: unknown): Promise<Result> => {
    const next = (more: More = {}) =>
      run(
        nth + 1,
        // A spread of two costs ten times as much as this (V8 of Node 20).
        more.ctx ? Object.assign({}, ctx, more.ctx) : ctx,
        'input' in more ? more.input : input,
        more.getRawInput ?? getRawInput,
      );
    try {
      const middleware = middlewares[nth] as Middleware;
      return await middleware({ ctx, type, path, input, getRawInput, signal, batchIndex, meta, next });
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) };
    }
  };
  const result = await run(0, call.ctx, call.input, call.getRawInput);
  if (!result.ok) throw result.error;
  return result.data;
}
