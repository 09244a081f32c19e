import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { SERVICE_URL } from '../api/browser-session.ts';
import { useTexts } from '../language/language.ts';
import { CopyText } from '../ui/code/copy-text.tsx';
import { SecretModal } from '../ui/feedback/secret-modal.tsx';
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
  const { link, done, leaveLink } = useTexts(teamTexts);
  return (
    <SecretModal opened={token !== null} question={leaveLink} onClose={onClose} title={title}>
      <Stack>
        <Text>{description}</Text>
        {token !== null && <Link text={`${SERVICE_URL}${page}#${token}`} label={link} />}
        <Group justify="flex-end">
          <Button onClick={onClose}>{done}</Button>
        </Group>
      </Stack>
    </SecretModal>
  );
}

const Link = ({ text, label }: { readonly text: string; readonly label: string }) => (
  <Group gap="xs" wrap="nowrap">
    <Code style={{ overflowWrap: 'anywhere' }}>{text}</Code>
    <CopyText text={text} label={label} />
  </Group>
);
