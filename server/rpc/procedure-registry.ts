import type { AnyTRPCRouter } from '@trpc/server';
import type { ProcedureGuard } from '../../shared/guard.ts';
import { checkGuard } from './guard-check.ts';

/** What the HTTP server needs to know about a procedure before it admits a caller. */
export interface ProcedureInfo {
  readonly type: 'query' | 'mutation' | 'subscription';
  readonly guard: ProcedureGuard<string>;
  /** Calls the procedure, as tRPC's `callTRPCProcedure` does once it has found it by name. */
  readonly call: (options: object) => Promise<unknown>;
  /** The parsers that its input must pass. */
  readonly inputs: readonly unknown[];
  readonly output: unknown;
}

/** A service's API: the router, and every procedure by its name on the wire. */
export interface Api {
  readonly router: AnyTRPCRouter;
  readonly procedures: ReadonlyMap<string, ProcedureInfo>;
}

/** tRPC's definition of a procedure. */
interface Definition extends Partial<Omit<ProcedureInfo, 'guard' | 'call'>> {
  readonly type: ProcedureInfo['type'];
  readonly meta?: unknown;
}

interface DefinedProcedure {
  (options: object): Promise<unknown>;
  readonly _def: Definition;
}

/** @throws TypeError if a procedure has no guard, or an invalid one */
export function buildRegistry(router: AnyTRPCRouter): Api {
  const defined: [string, DefinedProcedure][] = Object.entries(router._def.procedures);
  const procedures = defined.map(([name, call]) => {
    const { type, meta, inputs = [], output } = call._def;
    checkGuard(name, meta);
    return [name, { type, guard: meta, inputs, output, call }] as const;
  });
  return { router, procedures: new Map(procedures) };
}
