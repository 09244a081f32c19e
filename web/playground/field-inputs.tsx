import { NativeSelect, NumberInput, PasswordInput, Textarea, TextInput } from '@mantine/core';
import { type JSX, useState } from 'react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import type { Field } from './fields.ts';
import { playgroundTexts } from './texts.ts';

export interface FieldInputProps {
  readonly field: Field;
  readonly value: unknown;
  /** Called with undefined to leave the property out. */
  readonly onChange: (value: unknown) => void;
}

type Of<K extends Field['kind']> = FieldInputProps & { readonly field: Extract<Field, { kind: K }> };

/** The label and hint of every field. Descriptions are the service's own, in English. */
const aboutOf = ({ name, description, isRequired }: Field, more = '') => ({
  label: <code>{name}</code>,
  description: [description, more].filter((part) => part !== '').join(' ') || undefined,
  required: isRequired,
  name,
  autoComplete: 'off',
});

/** Longer texts get several lines. */
const LONG = 1000;

function TextField({ field, value, onChange }: Of<'text'>) {
  const { show, bounds } = useTexts(playgroundTexts);
  const { number } = useFormats();
  const { min = 0, max, isSecret } = field;
  const about = aboutOf(field, max === undefined ? '' : bounds.text(number(min), number(max)));
  const text = typeof value === 'string' ? value : '';
  const change = ({ currentTarget }: { currentTarget: { value: string } }) => onChange(currentTarget.value);
  if (isSecret) {
    const toggle = { 'aria-label': show, tabIndex: 0, 'aria-hidden': false } as const;
    return <PasswordInput {...about} value={text} onChange={change} visibilityToggleButtonProps={toggle} />;
  }
  if ((max ?? 0) >= LONG) return <Textarea {...about} value={text} onChange={change} rows={3} />;
  return <TextInput {...about} value={text} onChange={change} />;
}

function NumberField({ field, value, onChange }: Of<'number'>) {
  const { bounds } = useTexts(playgroundTexts);
  const { number } = useFormats();
  const { min, max, isInteger } = field;
  const more = min === undefined || max === undefined ? '' : bounds.number(number(min), number(max));
  return (
    <NumberInput
      {...aboutOf(field, more)}
      value={typeof value === 'number' ? value : ''}
      onChange={onChange}
      allowDecimal={!isInteger}
      // Values out of bounds can be sent, to see the refusal.
      clampBehavior="none"
      hideControls
    />
  );
}

function BooleanField({ field, value, onChange }: Of<'boolean'>) {
  const { leaveOut } = useTexts(playgroundTexts);
  const choices = [{ value: '', label: leaveOut }, 'true', 'false'];
  return (
    <NativeSelect
      {...aboutOf(field)}
      data={field.isRequired ? choices.slice(1) : choices}
      value={typeof value === 'boolean' ? String(value) : ''}
      onChange={({ currentTarget: { value: chosen } }) =>
        onChange(chosen === '' ? undefined : chosen === 'true')
      }
    />
  );
}

function ChoiceField({ field, value, onChange }: Of<'choice'>) {
  const { leaveOut } = useTexts(playgroundTexts);
  const none = field.isRequired && value !== undefined ? [] : [{ value: '', label: leaveOut }];
  return (
    <NativeSelect
      {...aboutOf(field)}
      data={[...none, ...field.options]}
      value={typeof value === 'string' ? value : ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

/** Chosen in the person's time zone, sent in UTC. */
function MomentField({ field, value, onChange }: Of<'moment'>) {
  return (
    <TextInput
      {...aboutOf(field)}
      type="datetime-local"
      step={1}
      value={typeof value === 'string' ? localOf(value) : ''}
      onChange={({ currentTarget: { value: local } }) =>
        onChange(local === '' ? undefined : new Date(local).toISOString())
      }
    />
  );
}

function localOf(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return '';
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function ListField({ field, value, onChange }: Of<'list'>) {
  const { onePerLine } = useTexts(playgroundTexts);
  const [text, setText] = useState(() => (Array.isArray(value) ? value.join('\n') : ''));
  const change = ({ currentTarget }: { currentTarget: { value: string } }) => {
    setText(currentTarget.value);
    const lines = currentTarget.value.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0) onChange(field.isRequired ? [] : undefined);
    else onChange(field.isNumeric ? lines.map(Number) : lines);
  };
  return (
    <Textarea
      {...aboutOf(field, [onePerLine, ...field.options].join(' · '))}
      value={text}
      onChange={change}
      rows={3}
    />
  );
}

function JsonField({ field, value, onChange }: Of<'json'>) {
  const { asJson, wrongJson } = useTexts(playgroundTexts);
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value)));
  const [isWrong, setWrong] = useState(false);
  const change = ({ currentTarget }: { currentTarget: { value: string } }) => {
    setText(currentTarget.value);
    try {
      onChange(currentTarget.value.trim() === '' ? undefined : JSON.parse(currentTarget.value));
      setWrong(false);
    } catch {
      setWrong(true);
    }
  };
  const error = isWrong ? wrongJson : undefined;
  return <Textarea {...aboutOf(field, asJson)} value={text} onChange={change} rows={3} error={error} />;
}

type Inputs = { readonly [K in Exclude<Field['kind'], 'group'>]: (props: Of<K>) => JSX.Element };

const INPUTS: Inputs = {
  text: TextField,
  number: NumberField,
  boolean: BooleanField,
  choice: ChoiceField,
  moment: MomentField,
  list: ListField,
  json: JsonField,
};

/** The input component of each kind of field. */
export const FIELD_INPUTS = INPUTS as Readonly<Record<keyof Inputs, (props: FieldInputProps) => JSX.Element>>;
