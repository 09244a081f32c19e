import type { PGlite } from '@electric-sql/pglite';
import type { StatementsUnderWay } from './resilient-client.ts';

/** PGlite as drizzle calls it. @param asking counts statements; a transaction counts as one */
export function countPgliteStatements(client: PGlite, asking: StatementsUnderWay): PGlite {
  return new Proxy(client, {
    get(target, name) {
      const member = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      if (name !== 'query' && name !== 'transaction') return member.bind(target);
      return (...args: unknown[]) => asking.count(member.apply(target, args));
    },
  });
}
