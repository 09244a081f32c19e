import { Button, Group } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe, useMay, useMe } from '../session/me.ts';
import { ConfirmDialog } from '../ui/confirm-dialog.tsx';
import { Loading } from '../ui/loading.tsx';
import { teamTexts } from './texts.ts';

/** The two ways to part with a workspace: leave it, or delete it. */
export function Ends() {
  const mayDelete = useMay('workspaces:delete');
  return (
    <Group>
      <Leave />
      {mayDelete && <Delete />}
    </Group>
  );
}

/** Switches to another workspace of the person, if there is one. */
async function goElsewhere(): Promise<void> {
  const { items } = await client.workspaces.list.query();
  const [other] = items.filter(({ active }) => !active);
  if (other) await client.workspaces.select.mutate({ id: other.id });
  await refreshMe();
}

function Leave() {
  const texts = useTexts(teamTexts);
  const [opened, setOpened] = useState(false);
  const leave = useMutation(api.members.leave.mutationOptions({ onSuccess: goElsewhere }));
  return (
    <>
      <Button variant="default" onClick={() => setOpened(true)}>
        {texts.leave}
      </Button>
      <ConfirmDialog
        {...{ opened, onClose: () => setOpened(false), title: texts.leave, act: texts.leave }}
        onAct={() => leave.mutate()}
        waits={leave.isPending}
        error={leave.error}
      >
        {texts.leaveMore}
      </ConfirmDialog>
    </>
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
        {...{ opened, onClose: () => setOpened(false), title: texts.delete, act: texts.delete }}
        onAct={() => remove.mutate({ name })}
        waits={remove.isPending || !data}
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
