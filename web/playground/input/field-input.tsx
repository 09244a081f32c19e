import { Checkbox, Fieldset, Stack, Text } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import { FIELD_INPUTS } from './field-inputs.tsx';
import type { FieldInputProps } from './field-props.tsx';
import type { Field } from './fields.ts';
import { emptyOf, isValues, type Values, withValue } from './input.ts';

/** The form field of one property of an input. */
export function FieldInput({ field, value, onChange }: FieldInputProps) {
  const { isNull } = useTexts(playgroundTexts);
  if (field.isNullable) {
    return (
      <Stack gap={4}>
        <NotNull field={field} value={value ?? undefined} onChange={onChange} />
        <Checkbox
          size="xs"
          label={<code>{`${field.name}: ${isNull}`}</code>}
          checked={value === null}
          onChange={({ currentTarget }) => onChange(currentTarget.checked ? null : undefined)}
        />
      </Stack>
    );
  }
  return <NotNull field={field} value={value} onChange={onChange} />;
}

function NotNull({ field, value, onChange }: FieldInputProps) {
  if (field.kind === 'group')
    return <Group field={field} value={value} onChange={onChange} fields={field.fields} />;
  const One = FIELD_INPUTS[field.kind];
  const emptied = (changed: unknown) =>
    onChange(changed === '' || changed === undefined ? emptyOf(field) : changed);
  return <One field={field} value={value} onChange={emptied} />;
}

/** An optional group is left out as soon as all its fields are empty. */
function Group({ field, fields, value, onChange }: FieldInputProps & { readonly fields: readonly Field[] }) {
  const values: Values = isValues(value) ? value : {};
  const change = (name: string, changed: unknown) => {
    const next = withValue(values, name, changed);
    const isEmpty = Object.values(next).every((value) => value === '');
    onChange(isEmpty && !field.isRequired ? undefined : next);
  };
  return (
    <Fieldset legend={<code>{field.name}</code>}>
      <Stack gap="sm">
        {field.description !== '' && (
          <Text size="xs" c="dimmed" lang="en">
            {field.description}
          </Text>
        )}
        {fields.map((member) => (
          <FieldInput
            key={member.name}
            field={member}
            value={values[member.name]}
            onChange={(changed) => change(member.name, changed)}
          />
        ))}
      </Stack>
    </Fieldset>
  );
}
