import type { TRPCError } from '@trpc/server';
import { getTRPCErrorFromUnknown } from '@trpc/server';

/** What the middlewares of one call share; `next` may add to its context, and give it an input. */
interface Call {
  readonly ctx: object;
  readonly input?: unknown;
  readonly getRawInput: unknown;
}

type More = Partial<Call> | undefined;
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
 * Runs the middlewares of a procedure one within the other, as tRPC itself does, for the short way and for its own.
 * tRPC copies what they share by a helper for engines that have no spread; that took an eighth of a sealed call.
 * @returns what the procedure answers. Rejects with a TRPCError
 */
export async function runChain({ args, _def: { meta, middlewares = [] } }: Called): Promise<unknown> {
  const run = async (nth: number, call: Call): Promise<Result> => {
    const next = (more?: More) => run(nth + 1, more === undefined ? call : extended(call, more));
    try {
      return await (middlewares[nth] as Middleware)({ ...call, meta, next });
    } catch (cause) {
      return { ok: false, error: getTRPCErrorFromUnknown(cause) };
    }
  };
  const result = await run(0, args[0] as Call);
  if (!result.ok) throw result.error;
  return result.data;
}

function extended(call: Call, more: Partial<Call>): Call {
  return {
    ...call,
    ctx: more.ctx ? { ...call.ctx, ...more.ctx } : call.ctx,
    input: 'input' in more ? more.input : call.input,
    getRawInput: more.getRawInput ?? call.getRawInput,
  };
}
