import { useQuery } from '@tanstack/react-query';
import { Outlet } from '@tanstack/react-router';
import { useRef } from 'react';
import { KeysealRefusal } from '../../client/refusal.ts';
import { type Me, MeContext, meQuery, placeOf } from '../session/me.ts';
import { useSessionId } from '../session/session-id.ts';
import { SignInAgain } from '../sign-in/sign-in-again.tsx';
import { StepUp } from '../step-up/step-up.tsx';
import { Failed } from '../ui/failed.tsx';
import { Loading } from '../ui/loading.tsx';
import { NoWorkspace } from './no-workspace.tsx';
import { RuleUnmet } from './rule-unmet.tsx';

/**
 * Shows its children to signed-in people only. If the session ends while a page is open, the page stays behind the
 * sign-in form with everything that was filled in, for the same person only.
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
    return <RuleUnmet lacks={[refusal.details.missing ?? []].flat()} again={refetch} />;
  if (!me) return error && id ? <Failed error={error} again={refetch} /> : <Loading />;
  return (
    <MeContext value={me}>
      <StepUp />
      <SignInAgain opened={id === null} email={me.user?.email ?? ''} />
      <Outlet key={placeOf(me)} />
    </MeContext>
  );
}
