import { DAY_MS } from '../../shared/durations.ts';
import { covers, type Permission } from '../../shared/permissions.ts';
import { FINDINGS, type Finding } from './findings.ts';
import type { ConsoleKey } from './key.ts';

/** Days without use after which a key counts as idle, and days before an expiry from which it counts as soon. */
const [IDLE_DAYS, SOON_DAYS] = [90, 14];

/** The properties of a key on which its safety depends. */
type CheckedKey = Pick<
  ConsoleKey,
  'environment' | 'permissions' | 'expiresAt' | 'limits' | 'credits' | 'lastUsedAt' | 'createdAt'
>;

/** Permissions with which the holder of a key takes over the workspace, or deletes it. */
const POWERS: readonly Permission[] = [
  'keys:write',
  'members:write',
  'workspaces:write',
  'workspaces:delete',
];

/** The findings that a key shows by itself; its calls show the other. */
export type KeyFinding = Exclude<Finding, 'unused'>;
const KEY_FINDINGS = FINDINGS.filter((finding) => finding !== 'unused');

const APPLIES: Readonly<Record<KeyFinding, (key: CheckedKey, now: number) => boolean>> = {
  expiring: ({ expiresAt }, now) =>
    expiresAt !== null && Date.parse(expiresAt) - now < SOON_DAYS * DAY_MS && Date.parse(expiresAt) > now,
  powerful: ({ environment, permissions }) =>
    environment === 'live' && POWERS.some((power) => covers(permissions, power)),
  forever: ({ environment, expiresAt }) => environment === 'live' && expiresAt === null,
  unlimited: ({ environment, limits, credits }) =>
    environment === 'live' && limits.length === 0 && credits === null,
  // A key that was never used is idle since it was created.
  idle: ({ lastUsedAt, createdAt }, now) => now - Date.parse(lastUsedAt ?? createdAt) > IDLE_DAYS * DAY_MS,
};

/** Whether a finding applies to an active key. @param now unix milliseconds */
export const applies = (finding: KeyFinding, key: CheckedKey, now: number): boolean =>
  APPLIES[finding](key, now);

/** The active keys to which each finding applies. @param now unix milliseconds */
export function safetyOf<K extends CheckedKey>(
  keys: readonly K[],
  now: number,
): Record<KeyFinding, readonly K[]> {
  const found = KEY_FINDINGS.map((finding) => [finding, keys.filter((key) => applies(finding, key, now))]);
  return Object.fromEntries(found) as Record<KeyFinding, readonly K[]>;
}

/** Whether something limits what a key can do after it leaked. */
export const hasSafeguard = ({ expiresAt, limits, credits }: CheckedKey): boolean =>
  expiresAt !== null || limits.length > 0 || credits !== null;
