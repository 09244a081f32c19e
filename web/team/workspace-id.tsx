import { Code, Group } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { CopyText } from '../ui/code/copy-text.tsx';
import { Section } from '../ui/page/section.tsx';
import { teamTexts } from './texts.ts';

/** The id that `join` rules of an identity provider name. */
export function WorkspaceId() {
  const { workspaceId, workspaceIdMore } = useTexts(teamTexts);
  const { workspace } = useMe();
  return (
    <Section isSplit title={workspaceId} description={workspaceIdMore}>
      <Group gap="sm">
        <Code>{workspace.id}</Code>
        <CopyText text={workspace.id} label={workspaceId} />
      </Group>
    </Section>
  );
}
