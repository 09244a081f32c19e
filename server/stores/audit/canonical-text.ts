import type { auditHeads, auditRecords } from '../../../drizzle/schema/audit.ts';
import { isoOf } from '../../lib/clock.ts';

/** The fields of a record that its MAC covers, in addition to the MAC of the record before. */
export type AuditRecordFields = Omit<typeof auditRecords.$inferSelect, 'at' | 'mac' | 'before' | 'after'> & {
  /** Microseconds since 1970, in decimal: the full precision of a Postgres timestamp. */
  readonly at: string;
  /** Its `canonical` form; null if there is none. */
  readonly before: string | null;
  readonly after: string | null;
};

export type AuditHead = typeof auditHeads.$inferSelect;

/**
 * The canonical string of a record: a JSON list in a fixed order, so that no two records have the same string.
 * @param previousMac of the record before it; empty for the first
 */
export function recordText(record: AuditRecordFields, previousMac: string): string {
  return JSON.stringify([
    'record',
    record.workspaceId,
    record.seq,
    record.at,
    record.actorKind,
    record.actorId,
    record.address,
    record.requestId,
    record.action,
    record.subject,
    record.before,
    record.after,
    record.keyVersion,
    previousMac,
  ]);
}

/** The canonical string of a head. It never equals that of a record. */
export function headText({ workspaceId, seq, mac, keyVersion }: Omit<AuditHead, 'sealMac'>): string {
  return JSON.stringify(['head', workspaceId, seq, mac, keyVersion]);
}

/**
 * JSON in one canonical form, whatever `jsonb` made of it: properties sorted by name, numbers as Postgres writes them, without
 * an exponent.
 */
export function canonical(value: unknown): string {
  if (typeof value === 'number') return decimal(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/** The shortest decimal for this number, with its exponent expanded. */
function decimal(value: number): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(JSON.stringify(value)) ?? [];
  const point = whole.length + Number(exponent);
  const digits = whole + fraction;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const padded = digits.padEnd(point, '0');
  return sign + padded.slice(0, point) + (padded.length > point ? `.${padded.slice(point)}` : '');
}

/**
 * `canonical` of a `jsonb` value as Postgres writes it; null if it has a number that JSON in JavaScript cannot hold,
 * which this service therefore never wrote.
 */
export function canonicalOf(written: string): string | null {
  const text = canonical(JSON.parse(written));
  return numbersOf(written) === numbersOf(text) ? text : null;
}

const numbersOf = (json: string): string =>
  (json.match(/"(?:[^"\\]|\\.)*"|-?\d[\d.]*/g) ?? [])
    .filter((token) => !token.startsWith('"'))
    .sort()
    .join(' ');

/** Converts a value to what Postgres can store: plain JSON whose strings are well formed and have no NUL. */
export function toStorable<T>(value: T): T {
  if (typeof value === 'string') return toWellFormed(value) as T;
  if (Array.isArray(value)) return value.map(toStorable) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return isoOf(value) as T;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [toWellFormed(name), toStorable(member)]),
  ) as T;
}

const toWellFormed = (text: string) => Buffer.from(text).toString('utf8').replaceAll('\0', '\ufffd');
