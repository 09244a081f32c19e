import { Button, CopyButton } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';

/**
 * Copies a text, and confirms it. @param label what is copied, for users who cannot see what the button is next to
 */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }) {
  const { copy, copied, copyOf } = useTexts(shellTexts);
  return (
    <CopyButton value={text} timeout={2000}>
      {(state) => (
        <Button
          size="compact-sm"
          variant="default"
          flex="0 0 auto"
          onClick={state.copy}
          aria-label={state.copied ? copied : copyOf(label)}
        >
          {state.copied ? copied : copy}
        </Button>
      )}
    </CopyButton>
  );
}
