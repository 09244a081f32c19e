import type { Sql, TransactionSql } from 'postgres';
import { isolateResult } from './isolate-result.ts';

/** Hooks for statements that are written as a template. */
interface Hooks {
  readonly check?: () => void;
  readonly failed?: (error: unknown) => void;
}

/** A postgres.js client with some properties replaced. */
export function overrideClient<Client extends Sql | TransactionSql>(
  client: Client,
  members: Readonly<Partial<Record<'unsafe' | 'begin', unknown>>>,
  { check, failed }: Hooks = {},
): Client {
  return new Proxy(client, {
    apply(target, self, args) {
      check?.();
      return isolateResult(Reflect.apply(target, self, args), failed);
    },
    get: (target, name, receiver) =>
      Reflect.get(Object.hasOwn(members, name) ? members : target, name, receiver),
  });
}
