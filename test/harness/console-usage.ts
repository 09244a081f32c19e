import { eq } from 'drizzle-orm';
import { keys } from '../../drizzle/schema/keys.ts';
import { usageDays, usageHours } from '../../drizzle/schema/usage.ts';
import type { TestService } from './service.ts';

const [HOUR, DAY] = [3_600_000, 86_400_000];

/** Writes calls of the last 24 hours for a key and its workspace: more by day than by night, a few of them refused. */
export async function insertDay({ running }: TestService, keyId: string): Promise<void> {
  const { db } = running.service.stores.database;
  const [key] = await db.select({ workspaceId: keys.workspaceId }).from(keys).where(eq(keys.id, keyId));
  if (!key) throw new Error(`There is no key ${keyId}`);
  const now = running.service.stores.clock();
  const rowsOf = (subject: string, at: number, busy: number) =>
    (
      [
        ['OK', busy],
        ['RATE_LIMITED', Math.floor(busy / 14)],
        ['SIGNATURE_INVALID', Math.floor(busy / 60)],
      ] as const
    )
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => ({
        ...{ keyId: subject, at: new Date(at), procedure: 'exemple', outcome, count },
      }));
  const hours = Array.from({ length: 24 }, (_, ago) => (Math.floor(now / HOUR) - ago) * HOUR);
  const days = Array.from({ length: 7 }, (_, ago) => (Math.floor(now / DAY) - ago) * DAY);
  for (const subject of [keyId, key.workspaceId]) {
    await db
      .insert(usageHours)
      .values(hours.flatMap((at, ago) => rowsOf(subject, at, Math.round(90 + 80 * Math.cos(ago / 3.8)))));
    await db.insert(usageDays).values(days.flatMap((at, ago) => rowsOf(subject, at, 1_800 - ago * 170)));
  }
}
