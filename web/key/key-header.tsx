import { Alert, Code, Group, Stack, Text } from '@mantine/core';
import { CopyId } from '../key-model/copy-id.tsx';
import { EnvironmentBadge } from '../key-model/environment-badge.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { KeyStatus } from '../key-model/key-status.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { keyTexts } from './texts.ts';

/** The name and status of a key. */
export function KeyHeader({ apiKey: key }: { readonly apiKey: ConsoleKey }) {
  const texts = useTexts(keyTexts);
  const formats = useFormats();
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <KeyStatus status={key.status} />
        <EnvironmentBadge environment={key.environment} />
        <Group gap={4} wrap="nowrap">
          <Code fz="sm">{key.id}</Code>
          <CopyId id={key.id} />
        </Group>
        <Text size="sm" c="dimmed">
          {key.lastUsedAt ? texts.lastUsed(formats.fromNow(key.lastUsedAt)) : texts.neverUsed}
        </Text>
      </Group>
      {key.previous && (
        <Alert color="yellow">
          <Text size="sm" fw={600}>
            {texts.previous}
          </Text>
          <Text size="sm">{texts.previousUntil(formats.dateTime(key.previous.validUntil))}</Text>
          <Text size="sm">
            {key.previous.lastUsedAt && key.rotatedAt && key.previous.lastUsedAt > key.rotatedAt
              ? texts.previousUsed(formats.dateTime(key.previous.lastUsedAt))
              : texts.previousUnused}
          </Text>
        </Alert>
      )}
      {key.revokedAt && (
        <Alert color="red" title={texts.revokedAt(formats.dateTime(key.revokedAt))}>
          <Text size="sm" className="theirs" dir="auto">
            {key.revokedReason ?? texts.noReason}
          </Text>
        </Alert>
      )}
    </Stack>
  );
}
