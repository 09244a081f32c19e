import { Title } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { Section } from '../ui/page/section.tsx';
import { InviteForm } from './invite-form.tsx';
import { PendingInvitations } from './pending-invitations.tsx';
import { teamTexts } from './texts.ts';

export function Invitations() {
  const texts = useTexts(teamTexts);
  return (
    <Section title={texts.invite} description={texts.inviteMore}>
      <InviteForm />
      <Title order={3} size="h5" mt="md">
        {texts.invitations}
      </Title>
      <PendingInvitations />
    </Section>
  );
}
