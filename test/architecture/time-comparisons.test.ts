// biome-ignore-all lint/suspicious/noTemplateCurlyInString: sources, as text
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { getTableColumns, is, Table } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type TimeColumns, timeComparisons } from './time-comparisons.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/**
 * Comparisons on which a right depends, or what is kept to refuse something later. Each was read: a time that is no number, or
 * that nobody can read, makes it refuse, or a schema has rejected such a time before. `test/gate/invalid-times.test.ts` and
 * `test/service/unreadable-times.test.ts` show it for the times of callers and rows.
 */
const REFUSES: Readonly<Record<string, readonly string[]>> = {
  'server/auth/external/id-token.ts': ['auth_time <= now + CLOCK_SKEW + clockTolerance'],
  'server/auth/session.ts': ['Math.abs(clock() - row.refreshedAt.getTime()) <= GRACE_MS'],
  'server/gate/rights/fresh-proof.ts': ['provenAt <= now', 'now - provenAt <= MAX_AGE_MS'],
  'server/gate/signature/possession.ts': [
    'claims.iat >= seconds - MAX_AGE_S',
    'claims.iat <= seconds + MAX_AHEAD_S',
  ],
  'server/gate/signature/signature.ts': [
    'signature.t <= now + MAX_CLOCK_ERROR',
    'signature.t >= now - SIGNATURE_MAX_AGE',
    'now <= signature.expires',
    'signature.t <= now + SIGNATURE_MAX_AHEAD',
  ],
  'server/gate/user-token/token-times.ts': [
    'time <= now + CLOCK_SKEW + tolerance',
    'exp > iat',
    'exp - (iat ?? now) <= maxLifetime',
    'iat >= now - maxAge - tolerance',
  ],
  'server/http/readiness.ts': ['replay.readyAt <= seconds(clock)', 'performance.now() < this.#cached.until'],
  'server/keys/key-restrictions.ts': ['end <= (key.previous?.validUntil ?? 0)'],
  'server/keys/update.ts': ['Date.parse(wanted) <= before.getTime()'],
  'server/lib/clock.ts': ['time > now'],
  'server/stores/credentials/key-position.ts': [
    '(${keys.createdAt}, ${keys.id}) > (${createdAt}::text::timestamptz, ${id}::text)',
  ],
  'server/stores/issuers/provider-logouts.ts': [
    '(ofIssuer.get(target)?.at ?? -1) >= issuedAt',
    'gte(providerLogouts.loggedOutAt, issuedAt)',
    'retainedUntil < now',
  ],
  'server/stores/issuers/remote-key-set.ts': [
    'this.#readAt >= this.#triedAt',
    'time <= now',
    'now - time < age',
  ],
  'server/stores/limits/login-failures.ts': [
    'row.begunAt.getTime() <= this.#oldest()',
    '${loginFailures.begunAt} <= ${oldest}::timestamptz',
  ],
  'server/stores/replay/nonce-quota.ts': ['t > now + SIGNATURE_MAX_AHEAD'],
  'server/stores/replay/replay-memory.ts': ['t > seconds(clock) + WATERMARK_LEAD_S'],
  'server/stores/replay/replay-postgres.ts': [
    'raised_at <= now()',
    'raised_at <= now()',
    'replay_marks.raised_at <= now()',
  ],
  'server/stores/secrets/token-keys.ts': [
    'signsFrom <= now',
    'lt(tokenKeys.retiresAt, new Date(this.#clock()))',
    'newest.signsFrom + SIGNS_FOR_MS <= this.#clock()',
  ],
};

/** Comparisons on which no right depends: pauses, statistics, filters of lists, and times of this process's own clock. */
const NO_RIGHT: Readonly<Record<string, readonly string[]>> = {
  'server/app/failure-log.ts': ['now - this.#loggedAt < EVERY_MS'],
  'server/audit/list.ts': [
    'gte(records.at, storableTime(from))',
    'lt(records.at, storableTime(to))',
    '${records.at} <= ${at}',
    '${records.at} < ${at}',
  ],
  'server/audit/verify.ts': ['performance.now() > until'],
  'server/http/connections/connections.ts': [
    'now - connection.progress.since > this.#stall.graceMs + (waiting / this.#stall.rate) * 1_000',
  ],
  'server/http/connections/lingering-close.ts': ['now - progressAt() >= idleMs', 'now - begunAt >= totalMs'],
  'server/http/streams/heartbeat.ts': ['now - at < this.#everyMs - this.#tickMs'],
  'server/http/streams/stream-revalidation.ts': ['now - at < REVALIDATE_EVERY_MS'],
  'server/requests/list.ts': [
    'gte(log.at, new Date(Math.max(oldest, from === undefined ? oldest : Date.parse(from))))',
    'lt(log.at, new Date(Math.max(0, Date.parse(to))))',
  ],
  'server/stores/credentials/last-used.ts': ["used.at > coalesce(${keys.lastUsedAt}, '-infinity')"],
  'server/stores/credentials/row-cache.ts': ['(this.#readAt.get(row) ?? 0) > at'],
  'server/stores/database/connection/dead-server-watch.ts': [
    'now - this.#sentAt < JUST_SENT_MS',
    'now - this.#receivedAt >= SILENT_MS',
  ],
  'server/stores/database/start-deadline.ts': [
    'now - this.#loggedAt < LOG_EVERY_MS',
    'now - this.#startedAt >= waitSeconds * 1_000',
  ],
  'server/stores/database/locked-row-retries.ts': ['performance.now() - startedAt > PATIENCE_MS'],
  'server/stores/issuers/sign-in-provider.ts': [
    'now - this.#readAt < FRESH_MS',
    'now - this.#failure.at < COOLDOWN_MS',
  ],
  'server/stores/limits/credit-policy.ts': ['${period} > refilled_for'],
  'server/stores/limits/rates-memory.ts': [
    'window.settle(now) > 0',
    'Math.abs(now - this.#sweptAt) < SWEEP_MS',
  ],
  'server/stores/limits/rates-postgres.ts': ['empty_at < ${before}::timestamptz'],
  'server/stores/limits/sliding-window.ts': ['this.#first + gone < oldest'],
  'server/stores/live-tail/call-broadcast.ts': ['until < now'],
  'server/stores/live-tail/notification-listener.ts': [
    'performance.now() - this.#lastNotificationAt <= NO_NOTIFICATION_MS',
  ],
  'server/stores/live-tail/recent-calls.ts': ['recent.until > now'],
  'server/stores/usage/unauthenticated-calls.ts': [
    'at >= ${new Date(from).toISOString()}::timestamptz',
    'at < ${new Date(to).toISOString()}::timestamptz',
  ],
  'server/usage/range.ts': ['from < oldest'],
  'server/usage/walk-counts.ts': [
    '(key_id, at) >= (${subject}, ${timeOf(from)})',
    '(key_id, at) < (${subject}, ${timeOf(to)})',
    '(key_id, at, procedure, outcome) > (${key}, ${after.at}::text::timestamptz, ${after.procedure}::text, ${after.outcome}::text)',
  ],
  'server/workspaces/contents.ts': [
    '(${keys.createdAt}, ${keys.id}) > (${after.at}::text::timestamptz, ${after.id}::text)',
    '(${keys.createdAt}, ${keys.id}) > (${after.at}::text::timestamptz, ${after.id}::text)',
  ],
};

/** By the schema: a new column with a time is compared by nothing that is not in the tables. */
const SCHEMA = join(ROOT, 'drizzle', 'schema');
const files = await Promise.all(readdirSync(SCHEMA).map((file) => import(join(SCHEMA, file))));
const TIMES: TimeColumns = (() => {
  const tables = files.flatMap((file) => Object.values(file)).filter((one) => is(one, Table));
  const columns = tables.flatMap((table) => Object.entries(getTableColumns(table)));
  const times = columns.filter(([, { dataType }]) => dataType === 'date');
  return {
    properties: [...new Set(times.map(([property]) => property))],
    columns: [...new Set(times.map(([, { name }]) => name))],
  };
})();

function comparisonsOfServer(): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const name of readdirSync(join(ROOT, 'server'), { recursive: true, encoding: 'utf8' })) {
    const path = `server/${name.replaceAll('\\', '/')}`;
    if (!path.endsWith('.ts')) continue;
    const compared = timeComparisons(path, readFileSync(join(ROOT, path), 'utf8'), TIMES);
    if (compared.length > 0) found[path] = compared.sort();
  }
  return found;
}

describe('comparisons with times', () => {
  it('are made by isFuture and isFutureSql, or were read and are in a table above', () => {
    const read: Record<string, string[]> = {};
    for (const [path, compared] of [...Object.entries(REFUSES), ...Object.entries(NO_RIGHT)])
      read[path] = [...(read[path] ?? []), ...compared].sort();
    expect(comparisonsOfServer()).toEqual(read);
  });

  it.each([
    ['an operator', 'const over = key.expiresAt <= now;', 'key.expiresAt <= now'],
    ['a column', 'if (row.retiresAt.getTime() > limit) admit();', 'row.retiresAt.getTime() > limit'],
    ['a claim', 'if (claims.exp < limit) refuse();', 'claims.exp < limit'],
    ['a condition', 'db.select().where(gt(keys.expiresAt, time));', 'gt(keys.expiresAt, time)'],
    ['SQL', 'const live = sql`where ${keys.expiresAt} > now()`;', '${keys.expiresAt} > now()'],
    ['SQL in lines', 'sql`select 1 from keys where\n now() < key.expires_at`;', 'now() < key.expires_at'],
    ['a private member', 'if (clock() < this.#validUntil) admit();', 'clock() < this.#validUntil'],
  ])('by %s would be found', (_, text, found) => {
    expect(timeComparisons('server/new.ts', text, TIMES)).toEqual([found]);
  });

  it.each([
    'if (isFuture(key.expiresAt, now)) admit();',
    'db.select().where(isFutureSql(keys.expiresAt, time));',
    'if (keys.length > most) refuse();',
    'sql`select ${keys.expiresAt} as ends`;',
  ])('%s is not a time comparison', (text) => {
    expect(timeComparisons('server/new.ts', text, TIMES)).toEqual([]);
  });
});
