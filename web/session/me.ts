import { createContext, use } from 'react';
import { covers } from '../../shared/permissions.ts';
import { client, queryClient } from '../api/service.ts';

/** The signed-in user, as the service sees them. */
export type Me = Awaited<ReturnType<typeof client.whoami.query>> & { readonly kind: 'user' | 'key' };

export const MeContext = createContext<Me | null>(null);

/** The user and workspace to which all cached data belongs. */
let keptFor = '';

export const identityKey = ({ user, workspace }: Me): string => `${user?.id} ${workspace.id}`;

/**
 * Fetches who is signed in. Drops everything cached for another user or workspace before any component sees the
 * response.
 */
export const meQuery = (sessionId: string | null | undefined) => ({
  queryKey: ['me', sessionId],
  enabled: Boolean(sessionId),
  queryFn: async (): Promise<Me> => {
    const me = await client.whoami.query();
    const others = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== 'me' };
    if (keptFor === identityKey(me)) void queryClient.invalidateQueries(others);
    else if (keptFor !== '') {
      queryClient.removeQueries({ ...others, type: 'inactive' });
      void queryClient.resetQueries({ ...others, type: 'active' });
    }
    keptFor = identityKey(me);
    return me;
  },
});

/** Fetches everything again, after a change of the name, the role or the workspace. */
export const refreshMe = () => queryClient.invalidateQueries();

/** The signed-in user, for pages inside `RequireSession`. */
export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error('useMe needs a SignedIn component around it.');
  return me;
}

/** Whether the signed-in user has a permission, so that the page does not offer what the service would refuse. */
export function useMay(permission: string): boolean {
  return covers(useMe().permissions, permission);
}
