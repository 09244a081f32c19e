import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe } from '../session/me.ts';
import { ConfirmDialog } from '../ui/feedback/confirm-dialog.tsx';
import { teamTexts } from './texts.ts';

/** Switches to another workspace of the user, if there is one. */
export async function goElsewhere(): Promise<void> {
  const { items } = await client.workspaces.list.query();
  const [other] = items.filter(({ active }) => !active);
  if (other) await client.workspaces.select.mutate({ id: other.id });
  await refreshMe();
}

/** Leaves the workspace. */
export function LeaveWorkspace() {
  const texts = useTexts(teamTexts);
  const [opened, setOpened] = useState(false);
  const leave = useMutation(api.members.leave.mutationOptions({ onSuccess: goElsewhere }));
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {texts.leave}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={texts.leave}
        act={texts.leave}
        onAct={() => leave.mutate()}
        isPending={leave.isPending}
        error={leave.error}
      >
        {texts.leaveMore}
      </ConfirmDialog>
    </>
  );
}
