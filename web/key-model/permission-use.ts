import { queryOptions } from '@tanstack/react-query';
import { DAY_MS } from '../../shared/durations.ts';
import { SERVICE_URL } from '../api/browser-session.ts';
import { client } from '../api/service.ts';
import type { ConsoleKey } from './key.ts';
import { type Needs, unusedPermissions } from './unused-permissions.ts';

/** Days whose calls are read. */
const DAYS = 90;
const MAX_PROCEDURES = 100;

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

interface Operation {
  readonly 'x-keyseal-guard'?: { readonly permission: string | null };
}

/** Which permission each procedure needs, from the service's description of itself, which includes custom procedures. */
export const needsQuery = queryOptions({
  queryKey: ['me', 'needs'],
  queryFn: async (): Promise<Needs> => {
    const response = await fetch(`${SERVICE_URL}/openapi.json`);
    if (!response.ok) throw new Error(`/openapi.json: ${response.status}`);
    const { paths } = (await response.json()) as Described;
    return new Map(
      Object.entries(paths).map(([path, operations]) => [
        decodeURIComponent(path.slice('/api/'.length)),
        Object.values(operations)[0]?.['x-keyseal-guard']?.permission ?? null,
      ]),
    );
  },
  staleTime: 300_000,
});

/** Whether a key is old enough to say that it does not need a permission. @param now unix milliseconds */
export const isOldEnough = ({ createdAt }: Pick<ConsoleKey, 'createdAt'>, now: number): boolean =>
  now - Date.parse(createdAt) > DAYS * DAY_MS;

/** Whether a key was used in these days: one that was not is idle as a whole. @param now unix milliseconds */
export const isInUse = ({ lastUsedAt }: Pick<ConsoleKey, 'lastUsedAt'>, now: number): boolean =>
  lastUsedAt !== null && now - Date.parse(lastUsedAt) <= DAYS * DAY_MS;

/** The permissions that a key did not need in 90 days; null if that is unknown. @param now unix milliseconds */
export async function readUnused(
  { id, permissions }: Pick<ConsoleKey, 'id' | 'permissions'>,
  needs: Needs,
  now: number,
): Promise<readonly string[] | null> {
  const end = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
  const [from, to] = [new Date(end - DAYS * DAY_MS).toISOString(), new Date(end).toISOString()];
  const { procedures } = await client.usage.key.query({ id, from, to, step: 'day' });
  // A response lists a hundred procedures at most, so the rest of a longer list is unknown.
  return procedures.length >= MAX_PROCEDURES ? null : unusedPermissions(permissions, procedures, needs);
}
