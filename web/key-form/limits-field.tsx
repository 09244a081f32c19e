import { Button, Fieldset, Group, Input, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { MAX_LIMITS } from '../../shared/limits.ts';
import { useTexts } from '../language/language.ts';
import { NEW_LIMIT, UNITS, type Unit } from './key-fields.ts';
import { fieldTexts } from './texts.ts';
import type { FieldProps } from './use-key-form.ts';

export function LimitsField({ form }: FieldProps) {
  const texts = useTexts(fieldTexts);
  const { limits } = form.getValues();
  const names = new Set(limits.map(({ name }) => name));
  const free = [NEW_LIMIT.name, ...limits.map((_, index) => `${NEW_LIMIT.name}-${index + 2}`)];
  const add = () =>
    form.insertListItem('limits', { ...NEW_LIMIT, name: free.find((name) => !names.has(name)) ?? '' });
  return (
    <Fieldset legend={texts.limits}>
      <Stack gap="sm" align="flex-start">
        <Text size="xs" c="dimmed">
          {texts.limitsHint}
        </Text>
        {limits
          .map((_, index) => `limits.${index}`)
          .map((path, index) => (
            <LimitField key={path} form={form} index={index} />
          ))}
        <Input.Error>{form.errors['limits']}</Input.Error>
        {limits.length < MAX_LIMITS && (
          <Button size="xs" variant="default" onClick={add}>
            {texts.addLimit}
          </Button>
        )}
      </Stack>
    </Fieldset>
  );
}

function LimitField({ form, index }: FieldProps & { readonly index: number }) {
  const texts = useTexts(fieldTexts);
  const at = `limits.${index}`;
  const number = { inputMode: 'numeric', autoComplete: 'off' } as const;
  return (
    <Group role="group" aria-label={texts.limit(index + 1)} gap="xs" align="flex-start" w="100%">
      <TextInput
        label={texts.limitName}
        autoComplete="off"
        flex="1 1 8rem"
        {...form.getInputProps(`${at}.name`)}
      />
      <TextInput
        {...number}
        label={texts.limitCalls}
        flex="1 1 6rem"
        {...form.getInputProps(`${at}.limit`)}
      />
      <TextInput
        {...number}
        label={texts.limitEvery}
        flex="1 1 4rem"
        {...form.getInputProps(`${at}.every`)}
      />
      <NativeSelect
        label={texts.limitUnit}
        flex="1 1 6rem"
        data={(Object.keys(UNITS) as Unit[]).map((value) => ({ value, label: texts.units[value] }))}
        {...form.getInputProps(`${at}.unit`)}
      />
      <Button
        variant="subtle"
        color="red"
        size="xs"
        mt={{ base: 0, sm: 28 }}
        aria-label={texts.removeLimitOf(index + 1)}
        onClick={() => form.removeListItem('limits', index)}
      >
        {texts.removeLimit}
      </Button>
    </Group>
  );
}
