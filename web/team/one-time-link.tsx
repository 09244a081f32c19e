import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CopyText } from '../ui/code/copy-text.tsx';
import { useLeaveGuard } from '../ui/feedback/leave-guard.ts';
import { shellTexts } from '../ui/texts.ts';
import { teamTexts } from './texts.ts';

interface OneTimeLinkProps {
  readonly page: '/invitation' | '/reset';
  /** Null if there is none to show. */
  readonly token: string | null;
  readonly title: string;
  readonly description: string;
  readonly onClose: () => void;
}

/** A link with a single-use token. The token follows `#`, so that no server on the way receives it. */
export function OneTimeLink({ page, token, title, description, onClose }: OneTimeLinkProps) {
  const { link, done } = useTexts(teamTexts);
  const { close } = useTexts(shellTexts);
  return (
    <Modal
      opened={token !== null}
      onClose={onClose}
      title={title}
      closeOnClickOutside={false}
      closeOnEscape={false}
      closeButtonProps={{ 'aria-label': close }}
    >
      <Stack>
        <Text>{description}</Text>
        {token !== null && <Link text={`${SERVICE_URL}${page}#${token}`} label={link} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>{done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Link({ text, label }: { readonly text: string; readonly label: string }) {
  useLeaveGuard(useTexts(teamTexts).leaveLink);
  return (
    <Group gap="xs" wrap="nowrap">
      <Code style={{ overflowWrap: 'anywhere' }}>{text}</Code>
      <CopyText text={text} label={label} />
    </Group>
  );
}
