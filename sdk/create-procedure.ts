import type { TRPCProcedureBuilder, TRPCUnsetMarker as Unset } from '@trpc/server';
import { createGuardedProcedure } from '../server/rpc/trpc.ts';
import type { ProcedureGuard, SoundGuard } from '../shared/guard.ts';
import type { Permission } from '../shared/permissions.ts';
import type { CallerOf, Context } from './context.ts';

/** The guard of a custom procedure: every caller it accepts is authenticated. Only built-in procedures document `shapes`. */
export type CustomGuard<P extends string> = Exclude<
  ProcedureGuard<P>,
  { readonly access: 'public' | 'session' }
> & { readonly shapes?: never };

/**
 * tRPC's builder. Its guard does not appear in the type of what it builds, so that a client's types need none of
 * Keyseal's names.
 */
type Builder<G extends ProcedureGuard<string>> = TRPCProcedureBuilder<
  Context,
  object,
  { caller: CallerOf<G> },
  Unset,
  Unset,
  Unset,
  Unset,
  false
>;

/**
 * The only way to begin a custom procedure: `procedure(guard)`. A permission that neither you nor Keyseal declares does
 * not compile. The gate admits and authorizes the caller before any input is parsed. Never throws: `createService` checks the guards.
 * @param permissions the permissions that your guards require, as `const`: `area:verb`
 * @example
 * ```ts
 * import { createProcedure, Refusal } from 'keyseal';
 * import { z } from 'zod';
 *
 * export const permissions = ['notes:write'] as const;
 * const procedure = createProcedure(permissions);
 *
 * export const routes = {
 *   notes: {
 *     add: procedure({ access: 'key', permission: 'notes:write' })
 *       .input(z.strictObject({ text: z.string().min(1).max(1000) }))
 *       .output(z.object({ by: z.string() }))
 *       .mutation(({ ctx, input }) => {
 *         if (input.text.includes('password')) throw new Refusal('CONFLICT');
 *         return { by: ctx.caller.key.id };
 *       }),
 *   },
 * };
 * ```
 */
export function createProcedure<const P extends string>(
  _permissions: readonly P[],
): <const G extends CustomGuard<P | Permission>>(guard: G & SoundGuard<G>) => Builder<G> {
  // A custom procedure sends its statements to its own database.
  const procedure = createGuardedProcedure<CustomGuard<P | Permission>>({ usesDatabase: false });
  return <const G extends CustomGuard<P | Permission>>(guard: G & SoundGuard<G>): Builder<G> =>
    // The public types name neither Keyseal's context nor its errors: to the compiler the two builders have nothing in common.
    procedure(guard) as unknown as Builder<G>;
}
