import { Alert, Code, CopyButton, Group, Stack, Text, UnstyledButton } from '@mantine/core';
import { Mark } from '../charts/mark.tsx';
import type { Key } from '../keys/key.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { shellTexts } from '../shell/texts.ts';
import { keyTexts } from './texts.ts';

const COLORS = {
  active: 'seal',
  disabled: 'gray',
  expired: 'yellow',
  revoked: 'red',
} as const satisfies Record<Key['status'], string>;

/** Which key it is, and how it stands. */
export function KeyHeader({ of: key }: { readonly of: Key }) {
  const texts = useTexts(keyTexts);
  const formats = useFormats();
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Mark color={COLORS[key.status]}>{texts.statuses[key.status]}</Mark>
        <Mark color="gray">{texts.environments[key.environment]}</Mark>
        <KeyId id={key.id} />
        <Text size="sm" c="dimmed">
          {key.lastUsedAt ? texts.lastUsed(formats.fromNow(key.lastUsedAt)) : texts.neverUsed}
        </Text>
      </Group>
      {key.previous && (
        <Alert color="yellow">
          <Text size="sm" fw={600}>
            {texts.previous}
          </Text>
          <Text size="sm">{texts.previousUntil(formats.moment(key.previous.validUntil))}</Text>
          <Text size="sm">
            {key.previous.lastUsedAt && key.rotatedAt && key.previous.lastUsedAt > key.rotatedAt
              ? texts.previousUsed(formats.moment(key.previous.lastUsedAt))
              : texts.previousUnused}
          </Text>
        </Alert>
      )}
      {key.revokedAt && (
        <Alert color="red" title={texts.revokedAt(formats.moment(key.revokedAt))}>
          <Text size="sm" className="theirs" dir="auto">
            {key.revokedReason ?? texts.noReason}
          </Text>
        </Alert>
      )}
    </Stack>
  );
}

function KeyId({ id }: { readonly id: string }) {
  const { copyId } = useTexts(keyTexts);
  const { copy, copied } = useTexts(shellTexts);
  return (
    <Group gap={6}>
      <Code fz="sm">{id}</Code>
      <CopyButton value={id}>
        {({ copied: done, copy: put }) => (
          <UnstyledButton fz="sm" td="underline" onClick={put} aria-label={done ? copied : copyId}>
            <span role="status">{done ? copied : copy}</span>
          </UnstyledButton>
        )}
      </CopyButton>
    </Group>
  );
}
