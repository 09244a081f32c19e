import { TextInput } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function NameField({ form }: FieldProps) {
  const { name, nameHint } = useTexts(fieldTexts);
  return (
    <TextInput
      label={name}
      description={nameHint}
      name="key-name"
      autoComplete="off"
      dir="auto"
      required
      data-autofocus
      {...form.getInputProps('name')}
    />
  );
}
