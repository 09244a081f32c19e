import { experimental_trpcMiddleware, TRPCError } from '@trpc/server';
import type { TRPCErrorShape } from '@trpc/server/rpc';
import { type Refused, refusalEnvelope, refusalFor } from './guard-response.ts';
import type { Admitted } from './request-verifier.ts';
import { checkPermissionName } from './requirements.ts';

/** The context that `permitted` needs: the caller that `guard.fetch` admitted, or null. */
export interface GuardedContext {
  readonly admitted: Admitted | null;
}

/** A call of a guarded router that is refused. */
class GuardRefusal extends TRPCError {
  readonly refused: Refused;

  constructor(refused: Refused) {
    super({ code: refused.httpStatus === 403 ? 'FORBIDDEN' : 'UNAUTHORIZED', message: refused.message });
    this.refused = refused;
  }
}

/**
 * A middleware for your own router behind `guard.fetch`: `t.procedure.use(permitted('orders:write'))`. After it,
 * `ctx.admitted` is set. Refuses with KEY_MISSING if no guard admitted a caller, and with PERMISSION_DENIED if the caller
 * does not have the permission.
 * @throws TypeError if the permission is not written `area:verb`
 * @example
 * ```ts
 * import { formatRefusal, type GuardedContext, permitted } from '@keyseal/client/guard';
 * import { initTRPC } from '@trpc/server';
 *
 * const t = initTRPC.context<GuardedContext>().create({ errorFormatter: formatRefusal });
 * export const appRouter = t.router({
 *   buy: t.procedure.use(permitted('orders:write')).mutation(({ ctx }) => ctx.admitted.caller.workspaceId),
 * });
 * ```
 */
export function permitted(permission: string) {
  checkPermissionName(permission);
  return experimental_trpcMiddleware<{ ctx: GuardedContext }>().create(({ ctx: { admitted }, next }) => {
    if (admitted === null) throw new GuardRefusal(refusalFor('KEY_MISSING', null));
    if (!admitted.permissions.includes(permission)) {
      const { requestId, keyseal } = admitted;
      throw new GuardRefusal(refusalFor('PERMISSION_DENIED', keyseal, { missing: permission, requestId }));
    }
    return next({ ctx: { admitted } });
  });
}

/**
 * For `initTRPC.create({ errorFormatter })`: formats refusals of `permitted` as Keyseal does, and leaves other errors unchanged.
 * Never throws.
 * @example
 * ```ts
 * import { formatRefusal, type GuardedContext } from '@keyseal/client/guard';
 * import { initTRPC } from '@trpc/server';
 *
 * export const t = initTRPC.context<GuardedContext>().create({ errorFormatter: formatRefusal });
 * ```
 */
export function formatRefusal<S extends TRPCErrorShape>({ shape, error }: { shape: S; error: TRPCError }) {
  return error instanceof GuardRefusal ? { ...shape, ...refusalEnvelope(error.refused) } : shape;
}
