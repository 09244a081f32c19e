import { Textarea } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

/** The fields of several lines that programs read. */
type CodeFieldName = 'addresses' | 'authorities' | 'metadata';

/** A field of several lines: IP addresses, hosts or JSON. */
export function CodeField({ form, name }: FieldProps & { readonly name: CodeFieldName }) {
  const texts = useTexts(fieldTexts);
  return (
    <Textarea
      label={texts[name]}
      description={texts[`${name}Hint`]}
      autoComplete="off"
      spellCheck={false}
      rows={3}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
      {...form.getInputProps(name)}
    />
  );
}
