import { createContext, use } from 'react';
import { covers } from '../../shared/permissions.ts';
import { client, queryClient } from '../api/service.ts';

/** How the service sees whoever is signed in. */
export type Me = Awaited<ReturnType<typeof client.whoami.query>> & { readonly kind: 'user' | 'key' };

export const MeContext = createContext<Me | null>(null);

/** Of whom, and of which workspace, everything is that is kept here. */
let keptFor = '';

export const placeOf = ({ user, workspace }: Me): string => `${user?.id} ${workspace.id}`;

/** Asks who is signed in. Whatever was kept for somebody else, or of another workspace, is gone before anyone is told. */
export const meQuery = (sessionId: string | null | undefined) => ({
  queryKey: ['me', sessionId],
  enabled: Boolean(sessionId),
  queryFn: async (): Promise<Me> => {
    const me = await client.whoami.query();
    const others = { predicate: ({ queryKey }: { queryKey: readonly unknown[] }) => queryKey[0] !== 'me' };
    if (keptFor === placeOf(me)) void queryClient.invalidateQueries(others);
    else if (keptFor !== '') {
      queryClient.removeQueries({ ...others, type: 'inactive' });
      void queryClient.resetQueries({ ...others, type: 'active' });
    }
    keptFor = placeOf(me);
    return me;
  },
});

/** Asks everything anew, after a change of the name, the role or the workspace. */
export const refreshMe = () => queryClient.invalidateQueries();

/** Whoever is signed in, for pages that `RequireSession` stands around. */
export function useMe(): Me {
  const me = use(MeContext);
  if (!me) throw new Error('A page of whoever is signed in stands outside SignedIn.');
  return me;
}

/** Whether whoever is signed in holds a permission, so that what would be refused is not offered. */
export function useMay(permission: string): boolean {
  return covers(useMe().permissions, permission);
}
