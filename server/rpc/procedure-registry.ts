import type { AnyTRPCRouter } from '@trpc/server';
import type { ProcedureGuard } from '../../shared/guard.ts';
import { checkGuard } from './guard-check.ts';

/** What the front has to know of a procedure before anyone is admitted. */
export interface ProcedureInfo {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly guard: ProcedureGuard<string>;
  /** What its input must be right by: each of these parsers. */
  readonly inputs: readonly unknown[];
  readonly output: unknown;
}

/** What a service answers under `/api`: the router that calls, and every procedure by its name on the wire. */
export interface Api {
  readonly router: AnyTRPCRouter;
  readonly procedures: ReadonlyMap<string, ProcedureInfo>;
}

/** What tRPC keeps of a procedure. */
interface Definition extends Partial<Omit<ProcedureInfo, 'guard'>> {
  readonly type: ProcedureInfo['type'];
  readonly meta?: unknown;
}

/** @throws TypeError if a procedure has no guard, or a wrong one */
export function buildRegistry(router: AnyTRPCRouter): Api {
  const procedures = Object.entries(router._def.procedures).map(([name, procedure]) => {
    const { type, meta, inputs = [], output } = (procedure as unknown as { _def: Definition })._def;
    checkGuard(name, meta);
    return [name, { type, guard: meta, inputs, output }] as const;
  });
  return { router, procedures: new Map(procedures) };
}
