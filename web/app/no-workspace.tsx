import { Button, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe } from '../session/me.ts';
import { NewWorkspace } from '../team/new-workspace.tsx';
import { Empty } from '../ui/empty.tsx';
import { Failed } from '../ui/failed.tsx';
import { shellTexts } from '../ui/texts.ts';

/** Shown if the session acts in a workspace of which the person is no longer a member. */
export function NoWorkspace() {
  const texts = useTexts(shellTexts);
  const { data, error, refetch } = useQuery(api.workspaces.list.queryOptions());
  const select = useMutation(api.workspaces.select.mutationOptions({ onSuccess: refreshMe }));
  return (
    <Stack>
      <Empty title={texts.noWorkspace}>{texts.noWorkspaceMore}</Empty>
      <Failed error={error ?? select.error} again={refetch} />
      {data?.items.map(({ id, name }) => (
        <Button key={id} variant="default" onClick={() => select.mutate({ id })} className="theirs">
          <bdi>{name}</bdi>
        </Button>
      ))}
      <NewWorkspace />
    </Stack>
  );
}
