import { Button, Code, CopyButton, Group } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { shellTexts } from './texts.ts';

/** A text that is to be taken elsewhere as it stands. @param label what it is, for who hears the button */
export function Copyable({ value, label }: { readonly value: string; readonly label: string }) {
  const texts = useTexts(shellTexts);
  return (
    <Group gap="xs" wrap="nowrap">
      <Code style={{ overflowWrap: 'anywhere' }}>{value}</Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Button size="compact-xs" variant="default" onClick={copy} aria-label={`${texts.copy}: ${label}`}>
            <span aria-live="polite">{copied ? texts.copied : texts.copy}</span>
          </Button>
        )}
      </CopyButton>
    </Group>
  );
}
