import { useTexts } from '../language/language.ts';
import { Section } from '../ui/page/section.tsx';
import { PendingInvitations } from './pending-invitations.tsx';
import { teamTexts } from './texts.ts';

/** The pending invitations. */
export function Invitations() {
  const texts = useTexts(teamTexts);
  return (
    <Section title={texts.invitations}>
      <PendingInvitations />
    </Section>
  );
}
