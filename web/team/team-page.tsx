import { Stack } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { Members } from './members.tsx';
import { teamTexts } from './texts.ts';

export function TeamPage() {
  const { title, description } = useTexts(teamTexts);
  const mayWrite = useMay('members:write');
  return (
    <ConsolePage title={title} description={description} actions={mayWrite && <Invite />}>
      <Stack gap="lg">
        <Members />
        {mayWrite && <Invitations />}
      </Stack>
    </ConsolePage>
  );
}
