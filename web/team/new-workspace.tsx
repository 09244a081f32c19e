import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { client } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe } from '../session/me.ts';
import { WorkspaceNameForm } from './name-form.tsx';
import { teamTexts } from './texts.ts';

/** Creates another workspace and switches to it at once. */
export function NewWorkspace() {
  const texts = useTexts(teamTexts);
  const navigate = useNavigate();
  const make = useMutation({
    mutationFn: async (name: string) => {
      const { id } = await client.workspaces.create.mutate({ name });
      await client.workspaces.select.mutate({ id });
    },
    onSuccess: async () => {
      await refreshMe();
      await navigate({ to: '/keys' });
    },
  });
  return (
    <WorkspaceNameForm
      id="new"
      title={texts.another}
      description={texts.anotherMore}
      name=""
      act={texts.make}
      onAct={(name) => make.mutate(name)}
      isPending={make.isPending}
      error={make.error}
    />
  );
}
