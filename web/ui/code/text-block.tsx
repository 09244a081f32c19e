import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CodeLanguage } from './code-languages.ts';
import { CopyText } from './copy-text.tsx';
import { HighlightedCode } from './highlighted-code.tsx';

interface TextBlockProps {
  /** What the text is. */
  readonly label: string;
  /** Replaces the label above the text. */
  readonly above?: ReactNode;
  readonly text: string;
  /** The language of code; text without it is not highlighted. */
  readonly language?: CodeLanguage | undefined;
  /** Whether it scrolls sideways, and can be focused for that. */
  readonly scrolls?: boolean;
}

/** A text with a button that copies it whole. */
export function TextBlock({ label, above, text, language, scrolls = false }: TextBlockProps) {
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
      <Code block aria-label={label} dir="ltr" {...(scrolls && { tabIndex: 0 })}>
        {language === undefined ? text : <HighlightedCode language={language}>{text}</HighlightedCode>}
      </Code>
    </Stack>
  );
}
