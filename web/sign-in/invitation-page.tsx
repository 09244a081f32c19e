import { Button, Stack, Tabs, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { meQuery, refreshMe } from '../session/me.ts';
import { useSessionId } from '../session/session-id.ts';
import { Failed } from '../ui/failed.tsx';
import { Door } from './auth-layout.tsx';
import { SignInForm } from './sign-in-form.tsx';
import { SignUpForm } from './sign-up-form.tsx';
import { signInTexts } from './texts.ts';
import { useTokenOfLink } from './token-of-link.ts';

/** The page of an invitation link: joins its workspace, with an existing account or a new one. */
export function InvitationPage() {
  const texts = useTexts(signInTexts);
  const invitationToken = useTokenOfLink();
  const id = useSessionId();
  const navigate = useNavigate();
  if (!invitationToken) {
    return (
      <Door title={texts.invitation}>
        <Text role="alert">{texts.noToken}</Text>
      </Door>
    );
  }
  return (
    <Door title={texts.invitation} description={texts.invitationMore}>
      {id ? (
        <Accept token={invitationToken} sessionId={id} />
      ) : (
        <Tabs defaultValue="sign-up" keepMounted={false}>
          <Tabs.List grow mb="md">
            <Tabs.Tab value="sign-up">{texts.signUp}</Tabs.Tab>
            <Tabs.Tab value="sign-in">{texts.signIn}</Tabs.Tab>
          </Tabs.List>
          <Tabs.Panel value="sign-up">
            <SignUpForm by={{ invitationToken }} done={() => navigate({ to: '/keys' })} />
          </Tabs.Panel>
          <Tabs.Panel value="sign-in">
            <SignInForm done={() => {}} />
          </Tabs.Panel>
        </Tabs>
      )}
    </Door>
  );
}

function Accept({ token, sessionId }: { readonly token: string; readonly sessionId: string }) {
  const texts = useTexts(signInTexts);
  const navigate = useNavigate();
  const { data: me } = useQuery(meQuery(sessionId));
  const accept = useMutation(
    api.invitations.accept.mutationOptions({
      onSuccess: async ({ workspace }) => {
        await client.workspaces.select.mutate({ id: workspace.id });
        await refreshMe();
        await navigate({ to: '/keys' });
      },
    }),
  );
  return (
    <Stack>
      {me?.user && <Text>{texts.invitationAs(me.user.email)}</Text>}
      <Failed error={accept.error} />
      <Button loading={accept.isPending} onClick={() => accept.mutate({ token })}>
        {texts.accept}
      </Button>
    </Stack>
  );
}
