import { Stack } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { ConsolePage } from '../ui/page.tsx';
import { Workloads } from '../workloads/workloads.tsx';
import { Invitations } from './invitations.tsx';
import { Ends } from './leave-or-delete.tsx';
import { Members } from './members.tsx';
import { NewWorkspace } from './new-workspace.tsx';
import { Rename } from './rename.tsx';
import { RuleForSigningIn } from './sign-in-rule.tsx';
import { Sponsor } from './sponsor.tsx';
import { teamTexts } from './texts.ts';
import { WorkspaceId } from './workspace-id.tsx';

export function TeamPage() {
  const { title, description } = useTexts(teamTexts);
  const mayWrite = useMay('members:write');
  // Owners alone have it.
  const isOwner = useMay('workspaces:delete');
  const mayRename = useMay('workspaces:write');
  return (
    <ConsolePage title={title} description={description}>
      <Stack gap="xl">
        <Members />
        {mayWrite && <Invitations />}
        <Workloads />
        {mayRename && <Rename />}
        {isOwner && <Sponsor />}
        {isOwner && <RuleForSigningIn />}
        <WorkspaceId />
        <NewWorkspace />
        <Ends />
      </Stack>
    </ConsolePage>
  );
}
