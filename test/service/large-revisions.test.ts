import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import { activeOf } from '../harness/teams.ts';

/** The first whole number that JavaScript cannot tell from the next, and the largest of the column. */
const REVISIONS = ['9007199254740992', '9223372036854775807'];
const TABLES = [
  { table: 'keys', of: ['key'] },
  { table: 'memberships', of: ['key', 'session'] },
  { table: 'users', of: ['key', 'session'] },
  { table: 'workspaces', of: ['key', 'session'] },
  { table: 'sessions', of: ['session'] },
] as const;

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

describe('a rev that cannot be compared', () => {
  it.each(TABLES.flatMap((row) => REVISIONS.map((rev) => ({ ...row, rev }))))(
    'of $table = $rev admits nobody, and delays no other workspace',
    async ({ table, of, rev }) => {
      const { database, credentials } = service.running.service.stores;
      const [ada, eve] = [await signUp(service), await signUp(service)];
      const [key, other] = [await createKey(service, ada), await createKey(service, eve)];
      // All of them are cached.
      for (const who of [key, other, ada, eve])
        expect((await query(service, who, 'whoami')).status).toBe(200);
      const id = {
        ...{ keys: key.id, sessions: ada.id, users: ada.userId, memberships: ada.userId },
        workspaces: await activeOf(service, ada),
      }[table];
      const column = sql.identifier(table === 'memberships' ? 'user_id' : 'id');
      await database.query(
        sql`update ${sql.identifier(table)} set rev = ${rev}::bigint where ${column} = ${id}`,
      );
      // As another instance would have changed it; PGlite has one instance, which drops what it changed.
      if (!service.env['DATABASE_URL']) credentials.changed({ key: key.id, user: ada.userId });

      const calls = Array.from({ length: 12 }, (_, n) => [key, other, ada, eve][n % 4] as typeof key);
      const answers = await Promise.all(calls.map((who) => query(service, who, 'whoami')));
      const reasons = (who: object) => [
        ...new Set(answers.filter((_, n) => calls[n] === who).map(({ reason }) => reason)),
      ];
      const ends = (kind: 'key' | 'session') => (of as readonly string[]).includes(kind);
      expect(reasons(other)).toEqual([undefined]);
      expect(reasons(eve)).toEqual([undefined]);
      expect(reasons(key)).toEqual([ends('key') ? 'KEY_DISABLED' : undefined]);
      expect(reasons(ada)).toEqual([ends('session') ? 'SESSION_ENDED' : undefined]);
      if (table === 'keys')
        expect((await mutate(service, ada, 'keys.revoke', { id: key.id })).status).toBe(200);
    },
  );
});
