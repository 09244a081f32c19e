import { Code, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { CodeLanguage } from './code-languages.ts';
import { CopyText } from './copy-text.tsx';
import { HighlightedCode } from './highlighted-code.tsx';
import { MaskedText } from './mask.tsx';

interface Masked {
  readonly text: string;
  /** What the masks are, in a word. */
  readonly label: string;
}

interface TextBlockProps {
  /** What the text is. */
  readonly label: string;
  /** Replaces the label above the text. */
  readonly above?: ReactNode;
  readonly text: string;
  /** Shown in place of the text, which is copied all the same: the text with masks. */
  readonly masked?: Masked | undefined;
  /** The language of code; text without it is not highlighted. */
  readonly language?: CodeLanguage | undefined;
  /** Whether it scrolls sideways, and can be focused for that. */
  readonly scrolls?: boolean;
}

/** A text with a button that copies it whole. */
export function TextBlock({ label, above, text, masked, language, scrolls = false }: TextBlockProps) {
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
        <BlockContent text={text} masked={masked} language={language} />
      </Code>
    </Stack>
  );
}

function BlockContent({ text, masked, language }: Pick<TextBlockProps, 'text' | 'masked' | 'language'>) {
  const shown = masked?.text ?? text;
  if (language !== undefined)
    return (
      <HighlightedCode language={language} maskLabel={masked?.label}>
        {shown}
      </HighlightedCode>
    );
  return masked ? <MaskedText label={masked.label}>{shown}</MaskedText> : shown;
}
