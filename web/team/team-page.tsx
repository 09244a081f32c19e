import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { Sections } from '../ui/page/section.tsx';
import { Invitations } from './invitations.tsx';
import { Invite } from './invite.tsx';
import { Members } from './members.tsx';
import { teamTexts } from './texts.ts';

export function TeamPage() {
  const { title, description } = useTexts(teamTexts);
  const mayWrite = useMay('members:write');
  return (
    <ConsolePage title={title} description={description} actions={mayWrite && <Invite />}>
      <Sections>
        <Members />
        {mayWrite && <Invitations />}
      </Sections>
    </ConsolePage>
  );
}
