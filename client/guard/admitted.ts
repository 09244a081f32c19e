import { AlreadyAdmitted } from './already-admitted.ts';
import type { Admitted } from './request-verifier.ts';

/** Admitted callers by the framework's request. */
const known = new WeakMap<object, Admitted>();

export function rememberAdmitted(request: object, admitted: Admitted): void {
  known.set(request, admitted);
}

/** Wraps how a guard reads a request: throws AlreadyAdmitted if another guard has already admitted it. */
export const firstGuard =
  <T>(request: object, receive: () => T): (() => T) =>
  () => {
    if (known.has(request)) throw new AlreadyAdmitted();
    return receive();
  };

/**
 * Returns the caller that a guard admitted, from the request of `node:http`, Express or Fastify, or the
 * context of Koa or Hono.
 * @throws Error if no guard ran before this handler
 * @example
 * ```ts
 * import { admitted, createGuard, type GuardOptions } from '@keyseal/client/guard';
 * import express from 'express';
 *
 * export function shop(options: GuardOptions) {
 *   const guard = createGuard(options);
 *   return express().post('/orders', guard.express({ permission: 'orders:write' }), (request, response) => {
 *     response.json({ by: admitted(request).caller.key?.id });
 *   });
 * }
 * ```
 */
export function admitted(request: object): Admitted {
  const found = known.get(request);
  if (found === undefined) throw new Error('No guard runs before this handler, so no caller was admitted.');
  return found;
}
