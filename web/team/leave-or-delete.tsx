import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMay, useMe } from '../session/me.ts';
import { ConfirmDialog } from '../ui/feedback/confirm-dialog.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { goElsewhere, LeaveWorkspace } from './leave-workspace.tsx';
import { teamTexts } from './texts.ts';

/** The two ways to part with a workspace: leave it, or delete it. */
export function LeaveOrDelete() {
  const mayDelete = useMay('workspaces:delete');
  return (
    <Group>
      <LeaveWorkspace />
      {mayDelete && <Delete />}
    </Group>
  );
}

function Delete() {
  const texts = useTexts(teamTexts);
  const { number } = useFormats();
  const [opened, setOpened] = useState(false);
  const { name } = useMe().workspace;
  const { data } = useQuery({ ...api.workspaces.get.queryOptions(), enabled: opened });
  const remove = useMutation(api.workspaces.delete.mutationOptions({ onSuccess: goElsewhere }));
  const count = (value: number | undefined) => number(value ?? 0);
  return (
    <>
      <Button color="red" variant="light" onClick={() => setOpened(true)}>
        {texts.delete}
      </Button>
      <ConfirmDialog
        opened={opened}
        onClose={() => setOpened(false)}
        title={texts.delete}
        act={texts.delete}
        onAct={() => remove.mutate({ name })}
        isPending={remove.isPending || !data}
        error={remove.error}
        typed={{ label: texts.typeName, text: name }}
      >
        {data ? (
          texts.deleteMore({
            keys: count(data.keys),
            serviceKeys: count(data.serviceKeys),
            members: count(data.members),
            invitations: count(data.invitations),
          })
        ) : (
          <Loading rows={1} />
        )}
      </ConfirmDialog>
    </>
  );
}
