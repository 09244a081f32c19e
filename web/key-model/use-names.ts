import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/service.ts';
import { useMay, useMe } from '../session/me.ts';

/** Of each kind: one request for a whole page, however many ids it shows. */
const AT_MOST = { limit: 100 };

/** Names change rarely. */
const FRESH = { staleTime: 60_000 };

/** Names by id. */
export type Names = ReadonlyMap<string, string>;

/** The names of the reader, of the first hundred members and of the newest hundred keys. Others show their id. */
export function useNames(): { readonly people: Names; readonly keys: Names } {
  const { user } = useMe();
  const [mayPeople, mayKeys] = [useMay('members:read'), useMay('keys:read')];
  const members = useQuery({ ...api.members.list.queryOptions(AT_MOST, FRESH), enabled: mayPeople }).data;
  const keys = useQuery({ ...api.keys.list.queryOptions(AT_MOST, FRESH), enabled: mayKeys }).data;
  return useMemo(() => {
    const self = user ? [{ userId: user.id, name: user.name, email: user.email }] : [];
    const people = [...self, ...(members?.items ?? [])];
    return {
      people: new Map(people.map(({ userId, name, email }) => [userId, name || email])),
      keys: new Map(keys?.items.map(({ id, name }) => [id, name])),
    };
  }, [user, members, keys]);
}
