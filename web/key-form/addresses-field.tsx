import { Textarea } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function AddressesField({ form }: FieldProps) {
  const { addresses, addressesHint } = useTexts(fieldTexts);
  return (
    <Textarea
      {...{ label: addresses, description: addressesHint, autoComplete: 'off', spellCheck: false }}
      rows={3}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      {...form.getInputProps('addresses')}
    />
  );
}
