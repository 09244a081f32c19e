import { Button, Menu, Text } from '@mantine/core';
import { IconSelector } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { refreshMe } from '../session/me.ts';
import { mayLeave } from '../ui/feedback/leave-guard.ts';
import { shellTexts } from '../ui/texts.ts';
import { Initial } from './initial.tsx';

/** The workspace in which the session acts, and the user's others. */
export function WorkspaceMenu() {
  const texts = useTexts(shellTexts);
  const navigate = useNavigate();
  const { data } = useQuery(api.workspaces.list.queryOptions());
  const select = useSelect();
  const active = data?.items.find((workspace) => workspace.active);
  if (!active) return null;
  return (
    <Menu position="bottom-start" keepMounted={false}>
      <Menu.Target>
        <Button
          variant="subtle"
          color="gray"
          size="xs"
          px={6}
          maw="14rem"
          leftSection={<Initial of={active.name} />}
          rightSection={<IconSelector size={14} aria-hidden />}
          aria-label={`${texts.labelled(texts.chooseWorkspace)} ${active.name}`}
        >
          <Text size="md" fw={500} c="var(--ks-text)" truncate visibleFrom="xs" className="theirs" dir="auto">
            {active.name}
          </Text>
        </Button>
      </Menu.Target>
      <Menu.Dropdown maw="18rem">
        <Menu.Label>{texts.chooseWorkspace}</Menu.Label>
        <Menu.RadioGroup value={active.id} onChange={(id) => id !== active.id && select(id)}>
          {data?.items.map(({ id, name }) => (
            <Menu.RadioItem key={id} value={id} closeMenuOnClick className="theirs" dir="auto">
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Divider />
        <Menu.Item onClick={() => void navigate({ to: '/workspace' })}>{texts.pages['/workspace']}</Menu.Item>
        <Menu.Item onClick={() => void navigate({ to: '/workspace', hash: 'new' })}>
          {texts.newWorkspace}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Switches to another workspace, unless the user stays because of something that is not saved. */
function useSelect(): (id: string) => void {
  const navigate = useNavigate();
  const { mutate } = useMutation(
    api.workspaces.select.mutationOptions({
      onSuccess: async () => {
        await refreshMe();
        // The user has been asked before.
        await navigate({ to: '/keys', ignoreBlocker: true });
      },
    }),
  );
  return (id) => {
    if (mayLeave()) mutate({ id });
  };
}
