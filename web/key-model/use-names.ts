import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { MINUTE_MS } from '../../shared/durations.ts';
import { api } from '../api/service.ts';
import { useMay, useMe } from '../session/me.ts';
import { readFirstKeys } from './first-keys.ts';

/** Of each kind: one request for a whole page, however many ids it shows. */
const AT_MOST = { limit: 100 };

/** Names change rarely. */
const FRESH = { staleTime: MINUTE_MS };

/** Names by id. */
export type Names = ReadonlyMap<string, string>;

/** The names of the reader and of the first hundred members. Others show their id. */
export function usePeople(): Names {
  const { user } = useMe();
  const may = useMay('members:read');
  const { data } = useQuery({ ...api.members.list.queryOptions(AT_MOST, FRESH), enabled: may });
  return useMemo(() => {
    const self = user ? [{ userId: user.id, name: user.name, email: user.email }] : [];
    const people = [...self, ...(data?.items ?? [])];
    return new Map(people.map(({ userId, name, email }) => [userId, name || email]));
  }, [user, data]);
}

/** The same, and the names of the newest hundred keys. */
export function useNames(): { readonly people: Names; readonly keys: Names } {
  const people = usePeople();
  const may = useMay('keys:read');
  const { data } = useQuery({
    queryKey: [...api.keys.list.pathKey(), 'names'],
    queryFn: ({ signal }) => readFirstKeys(AT_MOST, signal),
    ...FRESH,
    enabled: may,
  });
  return useMemo(
    () => ({ people, keys: new Map(data?.items.map(({ id, name }) => [id, name])) }),
    [people, data],
  );
}
