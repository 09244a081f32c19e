import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyText } from './copy-text.tsx';

interface TextBlockProps {
  /** What the text is. */
  readonly label: string;
  /** Replaces the label above the text. */
  readonly above?: ReactNode;
  readonly text: string;
}

/** A text with a button that copies it whole. */
export function TextBlock({ label, above, text }: TextBlockProps) {
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="sm">
        {above ?? (
          <Text size="sm" fw={600}>
            {label}
          </Text>
        )}
        <CopyText text={text} label={label} />
      </Group>
      <Code block aria-label={label} dir="ltr">
        {text}
      </Code>
    </Stack>
  );
}
