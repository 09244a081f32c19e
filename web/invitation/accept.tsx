import { Button, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { session } from '../api/browser-session.ts';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { meQuery, refreshMe } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { invitationTexts } from './texts.ts';

interface AcceptProps {
  readonly token: string;
  /** The e-mail address that the invitation is for. */
  readonly email: string;
  readonly sessionId: string;
}

/** Accepts an invitation with the account that is signed in, if it is for that account. */
export function Accept({ token, email, sessionId }: AcceptProps) {
  const texts = useTexts(invitationTexts);
  const navigate = useNavigate();
  const { data: me, error, refetch } = useQuery(meQuery(sessionId));
  const accept = useMutation(
    api.invitations.accept.mutationOptions({
      onSuccess: async ({ workspace }) => {
        await client.workspaces.select.mutate({ id: workspace.id });
        await refreshMe();
        await navigate({ to: '/' });
      },
    }),
  );
  const signOut = useMutation({ mutationFn: () => session.signOut() });
  if (error) return <Failed error={error} retry={refetch} />;
  const signedInEmail = me?.user?.email;
  const isOther = signedInEmail !== undefined && signedInEmail !== email;
  return (
    <Stack>
      {signedInEmail !== undefined && <Text className="theirs">{texts.signedInAs(signedInEmail)}</Text>}
      {isOther && <Text role="alert">{texts.otherAccount}</Text>}
      <Failed error={accept.error} />
      {isOther ? (
        <Button variant="default" loading={signOut.isPending} onClick={() => signOut.mutate()}>
          {texts.signOut}
        </Button>
      ) : (
        <Button loading={accept.isPending || !me} onClick={() => accept.mutate({ token })}>
          {texts.accept}
        </Button>
      )}
    </Stack>
  );
}
