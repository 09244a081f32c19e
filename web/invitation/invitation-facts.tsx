import type { client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { teamTexts } from '../team/texts.ts';
import { FactsTable } from '../ui/tables/facts-table.tsx';
import { invitationTexts } from './texts.ts';

type Invitation = Awaited<ReturnType<typeof client.invitations.preview.mutate>>;

/** Who invites whom to what. */
export function InvitationFacts({ invitation }: { readonly invitation: Invitation }) {
  const texts = useTexts(invitationTexts);
  const { roles } = useTexts(teamTexts);
  const { dateTime } = useFormats();
  const { workspaceName, inviterName, role, email, expiresAt } = invitation;
  return (
    <FactsTable
      label={texts.facts}
      facts={[
        [texts.workspace, <Theirs key="workspace" text={workspaceName} />],
        [texts.inviter, <Theirs key="inviter" text={inviterName} />],
        [texts.role, roles[role]],
        [texts.email, <Theirs key="email" text={email} />],
        [texts.until, dateTime(expiresAt)],
      ]}
    />
  );
}

/** Text that users chose, in its own writing direction. */
const Theirs = ({ text }: { readonly text: string }) => <bdi className="theirs">{text}</bdi>;
