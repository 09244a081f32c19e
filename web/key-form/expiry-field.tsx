import { Group, NativeSelect, TextInput } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { dayOf, EXPIRIES, lastDayOf } from './key-fields.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function ExpiryField({ form }: FieldProps) {
  const texts = useTexts(fieldTexts);
  const { day } = useFormats();
  const { expiry } = form.getValues();
  const now = new Date();
  const last = lastDayOf(expiry, now);
  return (
    <Group align="flex-start" gap="md" grow preventGrowOverflow={false}>
      <NativeSelect
        label={texts.expiry}
        data={EXPIRIES.map((value) => ({ value, label: texts.expiries[value] }))}
        description={expiry.choice !== 'day' && last ? texts.until(day(`${last}T12:00:00Z`)) : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        {...form.getInputProps('expiry.choice')}
      />
      {expiry.choice === 'day' && (
        <TextInput label={texts.day} type="date" min={dayOf(now)} {...form.getInputProps('expiry.day')} />
      )}
    </Group>
  );
}
