import { eq, sql } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema/accounts.ts';
import { mutate, type Person } from './people.ts';
import type { TestService } from './service.ts';
import type { Answer } from './wire.ts';

export const TEN_MINUTES_MS = 10 * 60_000;

/**
 * Sets when the person of a session last proved who they are, as another instance would.
 * @param text a timestamp as Postgres writes it; null for never
 */
export async function setProvenAt(
  service: TestService,
  { id }: Pick<Person, 'id'>,
  at: Date | string | null,
): Promise<void> {
  const text = at instanceof Date ? at.toISOString() : at;
  const { credentials, database } = service.running.service.stores;
  await database.db
    .update(sessions)
    .set({ provenAt: sql`${text}::timestamptz`, rev: sql`${sessions.rev} + 1` })
    .where(eq(sessions.id, id));
  // The embedded database has one instance, which compares with what it has cached.
  credentials.changed({ session: id });
}

/** Makes the last proof of a session too old for dangerous changes. */
export const ageProof = (service: TestService, person: Pick<Person, 'id'>, now = Date.now()): Promise<void> =>
  setProvenAt(service, person, new Date(now - TEN_MINUTES_MS - 1));

export const stepUp = (service: TestService, person: Person, proof: object = {}): Promise<Answer> =>
  mutate(service, person, 'auth.stepUp', { password: person.password, ...proof });
