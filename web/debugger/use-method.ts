import { useQuery } from '@tanstack/react-query';
import { SERVICE_URL } from '../api/browser-session.ts';

/** The part of the service's description that says how a procedure is called. */
interface Described {
  readonly paths: Readonly<Record<string, { readonly get?: unknown }>>;
}

/**
 * How a procedure is called: a query by GET, anything else by POST.
 * @returns null if the service does not describe the procedure, undefined until that is known
 */
export function useMethod(procedure: string | undefined): 'GET' | 'POST' | null | undefined {
  const { data, isError } = useQuery({
    // Nothing personal, so it stays cached when another user signs in.
    queryKey: ['me', 'methods'],
    enabled: procedure !== undefined,
    retry: false,
    staleTime: 300_000,
    queryFn: async () => {
      const response = await fetch(`${SERVICE_URL}/openapi.json`);
      if (!response.ok) throw new Error(`/openapi.json: ${response.status}`);
      return ((await response.json()) as Described).paths;
    },
  });
  if (procedure === undefined || isError) return null;
  if (!data) return undefined;
  const path = `/api/${procedure}`;
  if (!Object.hasOwn(data, path)) return null;
  return data[path]?.get ? 'GET' : 'POST';
}
