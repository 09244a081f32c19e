import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/service.ts';
import { useMay } from '../../session/me.ts';

/** The service's view of a key; undefined if it belongs to another workspace or is not loaded yet. */
export function useKey(id: string | undefined) {
  const may = useMay('keys:read');
  const { data } = useQuery({
    ...api.keys.get.queryOptions({ id: id ?? '' }),
    enabled: may && id !== undefined,
    retry: false,
  });
  return data;
}
