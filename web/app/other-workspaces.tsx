import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { refreshMe } from '../session/me.ts';
import { Failed } from '../ui/feedback/failed.tsx';

/** The workspaces in which the session can act instead. */
export function OtherWorkspaces() {
  const { data, error, refetch } = useQuery(api.workspaces.list.queryOptions());
  const select = useMutation(api.workspaces.select.mutationOptions({ onSuccess: refreshMe }));
  return (
    <>
      <Failed error={error ?? select.error} retry={refetch} />
      {data?.items
        .filter(({ active }) => !active)
        .map(({ id, name }) => (
          <Button key={id} variant="default" onClick={() => select.mutate({ id })} className="theirs">
            <bdi>{name}</bdi>
          </Button>
        ))}
    </>
  );
}
