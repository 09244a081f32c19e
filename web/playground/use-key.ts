import { useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useMay } from '../session/me.ts';

/** What the service tells of a key; undefined where it is of another workspace, or not known yet. */
export function useKey(id: string | undefined) {
  const may = useMay('keys:read');
  const { data } = useQuery({
    ...api.keys.get.queryOptions({ id: id ?? '' }),
    enabled: may && id !== undefined,
    retry: false,
  });
  return data;
}
