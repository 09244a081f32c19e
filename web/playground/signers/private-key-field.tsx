import { Button, FileButton, Group, Stack, Textarea } from '@mantine/core';
import type { ClipboardEvent } from 'react';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import { NOT_KEPT } from './secret-field.tsx';

interface PrivateKeyFieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly onPaste: (event: ClipboardEvent) => void;
  readonly error: string | undefined;
}

/** A private key has a few lines: more of a file is another file. */
const MAX_SIZE = 20_000;

/** A private key as text, pasted or read from a file; it is masked as a password is. */
export function PrivateKeyField({ value, onChange, onPaste, error }: PrivateKeyFieldProps) {
  const texts = useTexts(playgroundTexts);
  const read = (file: File | null) => void file?.slice(0, MAX_SIZE).text().then(onChange);
  return (
    <Stack gap="xs">
      <Textarea
        label={texts.privateKey}
        description={texts.privateKeyHint}
        value={value}
        error={error}
        onPaste={onPaste}
        rows={4}
        {...NOT_KEPT}
        onChange={({ currentTarget }) => onChange(currentTarget.value)}
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', WebkitTextSecurity: 'disc' } }}
      />
      <Group gap="sm">
        <FileButton onChange={read}>
          {(props) => (
            <Button {...props} variant="default" size="xs">
              {texts.chooseFile}
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}
