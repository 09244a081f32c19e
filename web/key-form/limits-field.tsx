import { ActionIcon, Button, Fieldset, Input, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { MAX_LIMITS } from '../../shared/limits.ts';
import { useTexts } from '../language/language.ts';
import { NEW_LIMIT, UNITS, type Unit } from './key-fields.ts';
import classes from './limits-field.module.css';
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
    <Fieldset variant="unstyled" legend={texts.limits}>
      <Stack gap="sm" align="flex-start">
        <Text size="xs" c="dimmed">
          {texts.limitsHint}
        </Text>
        {limits.length > 0 && (
          <div className={classes['limits']}>
            {limits
              .map((_, index) => `limits.${index}`)
              .map((path, index) => (
                <LimitField key={path} form={form} index={index} />
              ))}
          </div>
        )}
        {form.errors['limits'] && <Input.Error>{form.errors['limits']}</Input.Error>}
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
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would be a separate card
    <div role="group" aria-label={texts.limit(index + 1)} className={classes['limit']}>
      <TextInput label={texts.limitName} autoComplete="off" {...form.getInputProps(`${at}.name`)} />
      <TextInput
        {...number}
        label={texts.limitCalls}
        className={classes['calls'] ?? ''}
        {...form.getInputProps(`${at}.limit`)}
      />
      <TextInput {...number} label={texts.limitEvery} {...form.getInputProps(`${at}.every`)} />
      <NativeSelect
        label={texts.limitUnit}
        data={(Object.keys(UNITS) as Unit[]).map((value) => ({ value, label: texts.units[value] }))}
        {...form.getInputProps(`${at}.unit`)}
      />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={36}
        className={classes['remove'] ?? ''}
        aria-label={texts.removeLimitOf(index + 1)}
        title={texts.removeLimit}
        onClick={() => form.removeListItem('limits', index)}
      >
        <IconX size={16} aria-hidden />
      </ActionIcon>
    </div>
  );
}
