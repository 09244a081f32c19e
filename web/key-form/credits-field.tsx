import { Checkbox, Fieldset, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { REFILLS } from './key-fields.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function CreditsField({ form }: FieldProps) {
  const texts = useTexts(fieldTexts);
  const { metered, refill } = form.getValues().credits;
  const number = { inputMode: 'numeric', autoComplete: 'off' } as const;
  return (
    <Fieldset variant="unstyled" legend={texts.credits}>
      <Stack gap="sm">
        <Checkbox
          label={texts.metered}
          description={texts.meteredHint}
          {...form.getInputProps('credits.metered', { type: 'checkbox' })}
        />
        {metered && (
          <Group gap="xs" align="flex-start">
            <TextInput
              {...number}
              label={texts.remaining}
              flex="1 1 6rem"
              {...form.getInputProps('credits.remaining')}
            />
            <NativeSelect
              label={texts.refill}
              flex="1 1 7rem"
              data={REFILLS.map((value) => ({ value, label: texts.refills[value] }))}
              {...form.getInputProps('credits.refill')}
            />
            {refill !== 'none' && (
              <TextInput
                {...number}
                label={texts.amount}
                flex="1 1 6rem"
                {...form.getInputProps('credits.amount')}
              />
            )}
          </Group>
        )}
      </Stack>
    </Fieldset>
  );
}
