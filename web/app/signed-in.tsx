import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouter } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { identityKey, type Me, MeContext, meQuery } from '../session/me.ts';
import { useSessionId } from '../session/session-id.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import { StepUp } from '../step-up/step-up.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { NoWorkspace } from './no-workspace.tsx';
import { RuleUnmet } from './rule-unmet.tsx';

/**
 * Shows its children to signed-in users only. If the session ends while a page is open, the page stays behind the
 * sign-in form with everything that was filled in, for the same user only. If it ended before the page was opened, the
 * user goes to the sign-in page.
 */
export function RequireSession() {
  const id = useSessionId();
  const { data, error, refetch } = useQuery(meQuery(id));
  const last = useRef<Me | null>(null);
  if (data) last.current = data;
  const me = last.current;

  const refusal = id && error instanceof KeysealRefusal ? error : null;
  if (refusal?.reason === 'WORKSPACE_DENIED') return <NoWorkspace />;
  if (refusal?.reason === 'SIGN_IN_RULE')
    return <RuleUnmet unmet={[refusal.details.missing ?? []].flat()} retry={refetch} />;
  if (!me && id === null) return <Ended />;
  if (!me) return error && id ? <Failed error={error} retry={refetch} /> : <Loading />;
  return (
    <MeContext value={me}>
      <StepUp />
      <SignInAgain opened={id === null} email={me.user?.email ?? ''} />
      <Outlet key={identityKey(me)} />
    </MeContext>
  );
}

/** This browser had a session, which ended in the meantime: the route, loaded again, leads to the sign-in page and back. */
function Ended() {
  const router = useRouter();
  useEffect(() => {
    void router.invalidate();
  }, [router]);
  return <Loading />;
}
