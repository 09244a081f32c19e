import { NativeSelect, NumberInput, PasswordInput, Textarea, TextInput } from '@mantine/core';
import type { JSX } from 'react';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import { type FieldInputProps, labelProps, type PropsOf } from './field-props.tsx';
import type { Field } from './fields.ts';
import { JsonField, ListField } from './text-backed-fields.tsx';

/** Longer strings get several lines. */
const LONG = 1000;

function TextField({ field, value, onChange }: PropsOf<'text'>) {
  const { show, bounds } = useTexts(playgroundTexts);
  const { number } = useFormats();
  const { min = 0, max, isSecret } = field;
  const about = labelProps(field, max === undefined ? '' : bounds.text(number(min), number(max)));
  const text = typeof value === 'string' ? value : '';
  const change = ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value);
  if (isSecret) {
    const toggle = { 'aria-label': show, tabIndex: 0, 'aria-hidden': false } as const;
    return <PasswordInput {...about} value={text} onChange={change} visibilityToggleButtonProps={toggle} />;
  }
  if ((max ?? 0) >= LONG) return <Textarea {...about} value={text} onChange={change} rows={3} />;
  return <TextInput {...about} value={text} onChange={change} />;
}

function NumberField({ field, value, onChange }: PropsOf<'number'>) {
  const { bounds } = useTexts(playgroundTexts);
  const { number } = useFormats();
  const { min, max, isInteger } = field;
  const more = min === undefined || max === undefined ? '' : bounds.number(number(min), number(max));
  return (
    <NumberInput
      {...labelProps(field, more)}
      value={typeof value === 'number' ? value : ''}
      onChange={onChange}
      allowDecimal={!isInteger}
      // Values out of bounds can be sent, to see the refusal.
      clampBehavior="none"
      hideControls
    />
  );
}

function BooleanField({ field, value, onChange }: PropsOf<'boolean'>) {
  const { leaveOut } = useTexts(playgroundTexts);
  const choices = [{ value: '', label: leaveOut }, 'true', 'false'];
  return (
    <NativeSelect
      {...labelProps(field)}
      data={field.isRequired ? choices.slice(1) : choices}
      value={typeof value === 'boolean' ? String(value) : ''}
      onChange={({ currentTarget: { value: chosen } }) =>
        onChange(chosen === '' ? undefined : chosen === 'true')
      }
    />
  );
}

function ChoiceField({ field, value, onChange }: PropsOf<'choice'>) {
  const { leaveOut } = useTexts(playgroundTexts);
  const none = field.isRequired && value !== undefined ? [] : [{ value: '', label: leaveOut }];
  return (
    <NativeSelect
      {...labelProps(field)}
      data={[...none, ...field.options]}
      value={typeof value === 'string' ? value : ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Chosen and sent in UTC. */
function DateTimeField({ field, value, onChange }: PropsOf<'date-time'>) {
  return (
    <TextInput
      {...labelProps(field)}
      type="datetime-local"
      step={1}
      rightSection="UTC"
      rightSectionWidth={48}
      value={typeof value === 'string' ? chosenOf(value) : ''}
      onChange={({ currentTarget: { value: chosen } }) =>
        onChange(chosen === '' ? undefined : new Date(`${chosen}Z`).toISOString())
      }
    />
  );
}

/** An ISO 8601 time as a field has it. */
function chosenOf(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 19);
}

type Inputs = { readonly [K in Exclude<Field['kind'], 'group'>]: (props: PropsOf<K>) => JSX.Element };

const INPUTS: Inputs = {
  text: TextField,
  number: NumberField,
  boolean: BooleanField,
  choice: ChoiceField,
  'date-time': DateTimeField,
  list: ListField,
  json: JsonField,
};

/** The input component of each kind of field. */
export const FIELD_INPUTS = INPUTS as Readonly<Record<keyof Inputs, (props: FieldInputProps) => JSX.Element>>;
