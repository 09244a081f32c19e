import { TextInput } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function ExternalIdField({ form }: FieldProps) {
  const { externalId, externalIdHint } = useTexts(fieldTexts);
  return (
    <TextInput
      label={externalId}
      description={externalIdHint}
      autoComplete="off"
      dir="auto"
      {...form.getInputProps('externalId')}
    />
  );
}
