import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { callPublic, createKey, mutate, query, signUp } from '../harness/people.ts';
import { restart, startTestService, type TestService } from '../harness/service.ts';
import { invite, newAddress, newMember } from '../harness/teams.ts';

/** Columns without a value in most rows, that end or prove a right, or are read at startup. */
const NULLABLE = [
  ...['expires_at', 'previous_valid_until', 'retires_at', 'proven_at', 'confirmed_at'],
  ...['rotated_at', 'last_used_at', 'previous_last_used_at'],
];

/** Writes a time into every column with one, except ends of rows: any value there ends them. @returns how many columns */
async function writeEverywhere({ running }: TestService, time: string): Promise<number> {
  const { query: run } = running.service.stores.database;
  const columns = await run<{ table: string; column: string; optional: string }>(sql`
    select table_name as table, column_name as column, is_nullable as optional from information_schema.columns
    where table_schema = 'public' and data_type = 'timestamp with time zone' order by 1, 2`);
  const written = columns.filter(({ column, optional }) => optional === 'NO' || NULLABLE.includes(column));
  for (const { table, column } of written)
    await run(sql`update ${sql.identifier(table)} set ${sql.identifier(column)} = ${time}::timestamptz`);
  return written.length;
}

it.each(['infinity', '-infinity', '294276-12-31 00:00:00+00'])(
  'A2: with %s in every time of the database, a start succeeds, and what was granted until then ends',
  async (time) => {
    const first = await startTestService();
    const ada = await signUp(first);
    const member = await newMember(first, ada, 'developer');
    const key = await createKey(first, ada, { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
    const rotated = await createKey(first, ada);
    await mutate(first, ada, 'keys.rotate', { id: rotated.id, graceSeconds: 3_600 });
    const email = newAddress();
    const invitationToken = await invite(first, ada, email);
    const link = await mutate(first, ada, 'auth.createReset', { userId: member.userId });
    expect(await writeEverywhere(first, time)).toBeGreaterThan(40);

    const second = await restart(first);
    try {
      expect((await fetch(`http://127.0.0.1:${second.port}/readyz`)).status).toBe(200);
      const password = 'correct horse battery';
      const refused = [
        await query(second, key, 'exemple'),
        await query(second, rotated, 'exemple'),
        await query(second, ada, 'whoami'),
        await mutate(second, { ...ada, token: undefined } as never, 'auth.refresh', {
          refreshToken: (ada as { refreshToken?: string }).refreshToken,
        }),
        await callPublic(second, 'auth.signUp', { email, password, invitationToken }),
        await callPublic(second, 'auth.reset', {
          token: link.json.result.data.token,
          newPassword: 'another long password',
        }),
      ];
      expect(refused.map(({ status }) => status)).not.toContain(200);
      // New people and keys are not affected, and neither are old accounts.
      const eve = await signUp(second);
      expect((await query(second, await createKey(second, eve), 'exemple')).status).toBe(200);
      const signedIn = await callPublic(second, 'auth.signIn', { email: ada.email, password: ada.password });
      expect(signedIn.status, signedIn.text).toBe(200);
    } finally {
      await second.stop();
    }
  },
  60_000,
);
