import { Stack } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Page } from '../shell/page.tsx';
import { Ends } from './ends.tsx';
import { Invitations } from './invitations.tsx';
import { Members } from './members.tsx';
import { NewWorkspace } from './new-workspace.tsx';
import { Rename } from './rename.tsx';
import { teamTexts } from './texts.ts';

export function TeamPage() {
  const { title, description } = useTexts(teamTexts);
  const mayWrite = useMay('members:write');
  const mayRename = useMay('workspaces:write');
  return (
    <Page title={title} description={description}>
      <Stack gap="xl">
        <Members />
        {mayWrite && <Invitations />}
        {mayRename && <Rename />}
        <NewWorkspace />
        <Ends />
      </Stack>
    </Page>
  );
}
