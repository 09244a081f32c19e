import { Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe, useMe } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { Section } from '../ui/page/section.tsx';
import { teamTexts } from './texts.ts';

/** Shows an owner who sponsors the workspace, and lets them sponsor it if it has no sponsor. */
export function Sponsor() {
  const texts = useTexts(teamTexts);
  const { user } = useMe();
  const workspace = useQuery(api.workspaces.get.queryOptions());
  const members = useQuery(api.members.list.queryOptions({ limit: 100 }));
  const sponsor = useMutation(api.workspaces.sponsor.mutationOptions({ onSuccess: refreshMe }));
  const error = workspace.error ?? members.error;
  if (error)
    return <Failed error={error} retry={() => Promise.all([workspace.refetch(), members.refetch()])} />;
  if (!workspace.data || !members.data) return <Loading rows={1} />;
  const { sponsorId } = workspace.data;
  const member = members.data.items.find(({ userId }) => userId === sponsorId);
  const isFree = sponsorId === null || member?.disabled === true;
  return (
    <Section isSplit title={texts.sponsor} description={texts.sponsorMore}>
      <Text>{sponsorId === user?.id ? texts.sponsoredByYou : sponsorLine(texts, sponsorId, member)}</Text>
      {isFree && (
        <Group>
          <Button variant="default" loading={sponsor.isPending} onClick={() => sponsor.mutate({})}>
            {texts.beSponsor}
          </Button>
        </Group>
      )}
      <Failed error={sponsor.error} />
    </Section>
  );
}

interface NamedMember {
  readonly name: string;
  readonly disabled: boolean;
}

function sponsorLine(
  texts: typeof teamTexts.en,
  sponsorId: string | null,
  member: NamedMember | undefined,
): string {
  if (sponsorId === null) return texts.noSponsor;
  if (!member) return texts.sponsoredByOther;
  return member.disabled ? texts.sponsorDisabled(member.name) : texts.sponsoredBy(member.name);
}
