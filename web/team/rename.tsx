import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe, useMe } from '../session/me.ts';
import { WorkspaceNameForm } from './name-form.tsx';
import { teamTexts } from './texts.ts';

export function Rename() {
  const texts = useTexts(teamTexts);
  const queries = useQueryClient();
  const { workspace } = useMe();
  const rename = useMutation(
    api.workspaces.rename.mutationOptions({
      onSuccess: async () => {
        notifications.show({ message: texts.renamed });
        await queries.invalidateQueries(api.workspaces.list.queryFilter());
        await refreshMe();
      },
    }),
  );
  return (
    <WorkspaceNameForm
      title={texts.workspace}
      name={workspace.name}
      act={texts.rename}
      onAct={(name) => rename.mutate({ name })}
      isPending={rename.isPending}
      error={rename.error}
    />
  );
}
