import { useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useMay } from '../session/me.ts';

const NO_PEOPLE: ReadonlyMap<string, string> = new Map();

/** The names of the workspace's members, by id: the first hundred, without those who have left. */
export function usePeople(): ReadonlyMap<string, string> {
  const enabled = useMay('members:read');
  const { data } = useQuery({
    ...api.members.list.queryOptions({ limit: 100 }),
    enabled,
    select: ({ items }) => new Map(items.map(({ userId, name, email }) => [userId, name || email])),
  });
  return data ?? NO_PEOPLE;
}
