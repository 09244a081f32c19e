import { useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useMay } from '../session/me.ts';

/** The name of a key; undefined until it is known, and of a key that was deleted or that the reader may not see. */
export function useKeyName(id: string | undefined): string | undefined {
  const may = useMay('keys:read');
  const { data } = useQuery({
    ...api.keys.get.queryOptions({ id: id ?? '' }, { retry: false }),
    enabled: may && id !== undefined,
  });
  return data?.name;
}
