import { useQuery } from '@tanstack/react-query';
import { DAY_MS, MINUTE_MS } from '../../shared/durations.ts';
import { SERVICE_URL } from '../api/browser-session.ts';
import { api, client } from '../api/service.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { useMay } from '../session/me.ts';
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

/** The permissions that a key did not need in 90 days; undefined if it is younger, or while that is unknown. */
export function useUnusedPermissions({
  id,
  createdAt,
  permissions,
}: ConsoleKey): readonly string[] | undefined {
  const now = Date.now();
  const isOld = now - Date.parse(createdAt) > DAYS * DAY_MS;
  const enabled = useMay('usage:read') && isOld;
  const needs = useQuery({ queryKey: ['me', 'needs'], queryFn: readNeeds, enabled, staleTime: 300_000 }).data;
  const usage = useQuery({
    queryKey: [...api.usage.pathKey(), id, 'permissions'],
    queryFn: () => {
      const to = (Math.floor(now / DAY_MS) + 1) * DAY_MS;
      const [from, end] = [to - DAYS * DAY_MS, to].map((at) => new Date(at).toISOString()) as [
        string,
        string,
      ];
      return client.usage.key.query({ id, from, to: end, step: 'day' });
    },
    enabled,
    staleTime: MINUTE_MS,
  }).data;
  // A response lists a hundred procedures at most, so the rest of a longer list is unknown.
  if (!needs || !usage || usage.procedures.length >= MAX_PROCEDURES) return undefined;
  return unusedPermissions(permissions, usage.procedures, needs);
}

/** From the service's description of itself, which includes custom procedures. */
async function readNeeds(): Promise<Needs> {
  const response = await fetch(`${SERVICE_URL}/openapi.json`);
  if (!response.ok) throw new Error(`/openapi.json: ${response.status}`);
  const { paths } = (await response.json()) as Described;
  return new Map(
    Object.entries(paths).map(([path, operations]) => [
      decodeURIComponent(path.slice('/api/'.length)),
      Object.values(operations)[0]?.['x-keyseal-guard']?.permission ?? null,
    ]),
  );
}
