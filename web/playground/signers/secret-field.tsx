import { PasswordInput } from '@mantine/core';
import type { ClipboardEvent } from 'react';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';

interface SecretFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  readonly error: string | undefined;
}

/** A field that neither the browser nor a password manager keeps. */
export function SecretField({ onChange, ...props }: SecretFieldProps) {
  const { show } = useTexts(playgroundTexts);
  return (
    <PasswordInput
      {...props}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      {...NOT_KEPT}
      visibilityToggleButtonProps={{ 'aria-label': show, tabIndex: 0, 'aria-hidden': false }}
    />
  );
}

/** The attributes of a field that nothing but the page keeps. */
export const NOT_KEPT = {
  autoComplete: 'off',
  spellCheck: false,
  'data-1p-ignore': true,
  'data-lpignore': 'true',
} as const;
