import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKey, mutate, type Person, query, signUp } from '../harness/people.ts';
import { startTestService, type TestService } from '../harness/service.ts';
import type { Credentials } from '../harness/wire.ts';

let service: TestService;
beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service.stop());

const COLUMNS = ['expires_at', 'last_used_at', 'rotated_at', 'previous_valid_until'] as const;
const CASES = COLUMNS.flatMap((column) =>
  ['infinity', '-infinity'].map((time) => ({ column, time, admits: column !== 'expires_at' })),
);

/** Statuses of the listed keys of a workspace. */
async function listed(by: Person, filter: object = {}): Promise<Record<string, string>> {
  const answer = await query(service, by, 'keys.list', filter);
  expect(answer.status, answer.text).toBe(200);
  const { items } = answer.json.result.data;
  return Object.fromEntries(items.map(({ id, status }: { id: string; status: string }) => [id, status]));
}

async function withTime(key: Credentials, column: string, time: string): Promise<void> {
  const { database } = service.running.service.stores;
  await database.query(
    sql`update keys set ${sql.identifier(column)} = ${time}::timestamptz, rev = rev + 1 where id = ${key.id}`,
  );
  service.running.service.stores.credentials.changed({ key: key.id });
}

describe('A2: a key with a timestamp that cannot be read', () => {
  it.each(CASES)('$column = $time hides no other key, and the key can be revoked', async (row) => {
    const { column, time, admits } = row;
    const ada = await signUp(service);
    const [odd, other] = [await createKey(service, ada), await createKey(service, ada)];
    await withTime(odd, column, time);
    const status = admits ? 'active' : 'expired';
    expect(await listed(ada)).toEqual({ [odd.id]: status, [other.id]: 'active' });
    expect(await listed(ada, { status })).toHaveProperty(odd.id, status);
    if (!admits) {
      expect(await listed(ada, { status: 'active' })).toEqual({ [other.id]: 'active' });
      expect((await query(service, odd, 'exemple')).status).not.toBe(200);
    }
    expect((await query(service, ada, 'keys.get', { id: odd.id })).status).toBe(200);
    const revoked = await mutate(service, ada, 'keys.revoke', { id: odd.id });
    expect([revoked.status, revoked.json.result.data.status]).toEqual([200, 'revoked']);
    expect((await query(service, other, 'exemple')).status).toBe(200);
    expect((await query(service, ada, 'audit.verify')).json.result.data.verified).toBe(true);
  });
});

describe('A5: timestamps from a client that the database cannot store', () => {
  it.each(['0000-01-01T00:00:00Z', '0000-12-31T23:59:59.999Z', '9999-12-31T23:59:59Z'])(
    '%s is before or after every record',
    async (time) => {
      const ada = await signUp(service);
      const [since, until] = [
        await query(service, ada, 'audit.list', { from: time }),
        await query(service, ada, 'audit.list', { to: time }),
      ];
      expect([since.status, until.status]).toEqual([200, 200]);
      const counts = [since, until].map(({ json }) => json.result.data.items.length > 0);
      expect(counts).toEqual(time.startsWith('0') ? [true, false] : [false, true]);
    },
  );
});
