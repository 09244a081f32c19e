import { Button, Modal } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { shellTexts } from '../ui/texts.ts';
import { InviteForm } from './invite-form.tsx';
import { OneTimeLink } from './one-time-link.tsx';
import { teamTexts } from './texts.ts';

/** Asks whom to invite in a dialog, and shows the link of the invitation once. */
export function Invite() {
  const texts = useTexts(teamTexts);
  const { close: closeLabel } = useTexts(shellTexts);
  const { dateTime } = useFormats();
  const queries = useQueryClient();
  const [opened, setOpened] = useState(false);
  const invite = useMutation(
    api.invitations.create.mutationOptions({
      onSuccess: () => {
        setOpened(false);
        void queries.invalidateQueries(api.invitations.list.queryFilter());
      },
    }),
  );
  const close = () => {
    // A link that is on its way would be lost.
    if (invite.isPending) return;
    setOpened(false);
    invite.reset();
  };
  const made = invite.data?.invitation;
  return (
    <>
      <Button onClick={() => setOpened(true)}>{texts.invite}</Button>
      <Modal
        opened={opened}
        onClose={close}
        title={texts.invite}
        closeOnClickOutside={false}
        closeButtonProps={{ 'aria-label': closeLabel }}
      >
        <InviteForm
          onInvite={(fields) => invite.mutate(fields)}
          onCancel={close}
          isPending={invite.isPending}
          error={invite.error}
        />
      </Modal>
      <OneTimeLink
        page="/invitation"
        token={invite.data?.token ?? null}
        title={made ? texts.linkTitle(made.email) : ''}
        description={made ? texts.linkMore(dateTime(made.expiresAt)) : ''}
        onClose={() => invite.reset()}
      />
    </>
  );
}
