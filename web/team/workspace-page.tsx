import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { Section, Sections } from '../ui/page/section.tsx';
import { shellTexts } from '../ui/texts.ts';
import { Workloads } from '../workloads/workloads.tsx';
import { LeaveOrDelete } from './leave-or-delete.tsx';
import { NewWorkspace } from './new-workspace.tsx';
import { Rename } from './rename.tsx';
import { RuleForSigningIn } from './sign-in-rule.tsx';
import { Sponsor } from './sponsor.tsx';
import { teamTexts } from './texts.ts';
import { WorkspaceId } from './workspace-id.tsx';

/** The settings of the workspace, and how to part with it. */
export function WorkspacePage() {
  const { pages } = useTexts(shellTexts);
  const texts = useTexts(teamTexts);
  // Only owners have this section.
  const isOwner = useMay('workspaces:delete');
  const mayRename = useMay('workspaces:write');
  return (
    <ConsolePage title={pages['/workspace']} description={texts.settingsMore}>
      <Sections maw="60rem">
        {mayRename && <Rename />}
        <WorkspaceId />
        {isOwner && <RuleForSigningIn />}
        <Workloads />
        {isOwner && <Sponsor />}
        <NewWorkspace />
        <Section isSplit title={texts.ends} isDangerous>
          <LeaveOrDelete />
        </Section>
      </Sections>
    </ConsolePage>
  );
}
