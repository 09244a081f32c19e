import { Stack, Tabs } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { KeysealRefusal } from '../../client/calls/refusal.ts';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { useSessionId } from '../session/session-id.ts';
import { AuthLayout } from '../sign-in/auth-layout.tsx';
import { DeadLink } from '../sign-in/dead-link.tsx';
import { SignInForm } from '../sign-in/sign-in-form.tsx';
import { SignUpForm } from '../sign-in/sign-up-form.tsx';
import { signInTexts } from '../sign-in/texts.ts';
import { useTokenOfLink } from '../sign-in/token-of-link.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { Accept } from './accept.tsx';
import { InvitationFacts } from './invitation-facts.tsx';
import { invitationTexts } from './texts.ts';

/** The page of an invitation link: joins its workspace, with an existing account or a new one. */
export function InvitationPage() {
  const texts = useTexts(invitationTexts);
  const token = useTokenOfLink();
  if (token) return <Invitation token={token} />;
  return (
    <AuthLayout title={texts.unusable}>
      <DeadLink />
    </AuthLayout>
  );
}

function Invitation({ token }: { readonly token: string }) {
  const texts = useTexts(invitationTexts);
  const { data, error, refetch } = useQuery({
    queryKey: ['invitation', token],
    gcTime: 0,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => client.invitations.preview.mutate({ token }),
  });
  // What was shown stays while it is used: after that, the token is not valid any more.
  if (data) {
    return (
      <AuthLayout title={texts.join(data.workspaceName)} description={texts.more}>
        <Stack>
          <InvitationFacts invitation={data} />
          <Join token={token} email={data.email} />
        </Stack>
      </AuthLayout>
    );
  }
  if (error instanceof KeysealRefusal && error.reason === 'INVITATION_INVALID')
    return (
      <AuthLayout title={texts.unusable}>
        <DeadLink>
          <Failed error={error} />
        </DeadLink>
      </AuthLayout>
    );
  return (
    <AuthLayout title={texts.title}>
      {error ? <Failed error={error} retry={refetch} /> : <Loading rows={2} />}
    </AuthLayout>
  );
}

interface JoinProps {
  readonly token: string;
  /** The e-mail address that the invitation is for. */
  readonly email: string;
}

function Join({ token, email }: JoinProps) {
  const texts = useTexts(signInTexts);
  const id = useSessionId();
  const navigate = useNavigate();
  if (id === undefined) return <Loading rows={2} />;
  if (id) return <Accept token={token} email={email} sessionId={id} />;
  return (
    <Tabs defaultValue="sign-up" keepMounted={false}>
      <Tabs.List grow mb="md">
        <Tabs.Tab value="sign-up">{texts.signUp}</Tabs.Tab>
        <Tabs.Tab value="sign-in">{texts.signIn}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="sign-up">
        <SignUpForm by={{ invitationToken: token }} email={email} done={() => navigate({ to: '/' })} />
      </Tabs.Panel>
      <Tabs.Panel value="sign-in">
        <SignInForm email={email} done={() => {}} />
      </Tabs.Panel>
    </Tabs>
  );
}
