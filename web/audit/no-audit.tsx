import { Text } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { useMe } from '../session/me.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { auditTexts } from './texts.ts';

/** Replaces the log for a role without permission to read it. */
export function NoAudit() {
  const texts = useTexts(auditTexts);
  const { workspace } = useMe();
  return (
    <Empty title={texts.notYours}>
      <Text c="dimmed">
        {texts.notYoursMore(workspace.role ? texts.roles[workspace.role] : texts.noRole)}
      </Text>
    </Empty>
  );
}
