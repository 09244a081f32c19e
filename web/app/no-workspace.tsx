import { useTexts } from '../language/language.ts';
import { NewWorkspace } from '../team/new-workspace.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { OtherWorkspaces } from './other-workspaces.tsx';

/** Shown if the session acts in a workspace of which the user is no longer a member. */
export function NoWorkspace() {
  const texts = useTexts(shellTexts);
  return (
    <ConsolePage title={texts.noWorkspace} description={texts.noWorkspaceMore}>
      <OtherWorkspaces />
      <NewWorkspace />
    </ConsolePage>
  );
}
