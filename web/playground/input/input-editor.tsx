import { Fieldset, SegmentedControl, Stack, Text, Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../../language/language.ts';
import type { Procedure } from '../procedures.ts';
import { playgroundTexts } from '../texts.ts';
import { FieldInput } from './field-input.tsx';
import { type Field, type FieldSchemas, inputFieldsOf } from './fields.ts';
import { initialValues, inputValues, prettyOf, type Values, withValue } from './input.ts';

/** The input of a call, as a form and as text. The text is what is sent. */
interface Input {
  /** Null if there is no form for it. */
  readonly fields: readonly Field[] | null;
  readonly values: Values | null;
  readonly text: string;
  readonly isRaw: boolean;
  readonly show: (view: 'form' | 'raw') => void;
  readonly change: (name: string, value: unknown) => void;
  readonly write: (text: string) => void;
}

export function useInput({ schema, mediaType, example }: Procedure, schemas: FieldSchemas): Input {
  const [fields] = useState(() => (mediaType === 'application/json' ? inputFieldsOf(schema, schemas) : null));
  const [text, write] = useState(() => (fields ? JSON.stringify(initialValues(fields, example)) : ''));
  const [isRaw, setRaw] = useState(fields === null);
  const values = inputValues(text);
  return {
    fields,
    values,
    text,
    isRaw,
    write,
    show: (view) => {
      // Text for reading is indented; text from a form is as short as possible.
      if (values) write(view === 'raw' ? prettyOf(values) : JSON.stringify(values));
      if (values || view === 'raw') setRaw(view === 'raw');
    },
    change: (name, value) => write(JSON.stringify(withValue(values ?? {}, name, value))),
  };
}

interface InputEditorProps {
  readonly input: Input;
  readonly procedure: Procedure;
}

export function InputEditor({ input, procedure }: InputEditorProps) {
  const texts = useTexts(playgroundTexts);
  const { fields, values, text, isRaw } = input;
  return (
    <Fieldset legend={texts.input}>
      <Stack gap="sm">
        {fields && (
          <SegmentedControl
            aria-label={texts.input}
            size="xs"
            w="fit-content"
            data={(['form', 'raw'] as const).map((value) => ({
              value,
              label: texts.views[value],
              disabled: value === 'form' && !values,
            }))}
            value={isRaw ? 'raw' : 'form'}
            onChange={(view) => input.show(view as 'form' | 'raw')}
          />
        )}
        {isRaw || !fields || !values ? (
          <RawInput
            label={procedure.mediaType === 'application/json' ? texts.raw : texts.bytes}
            text={text}
            onChange={input.write}
            warning={fields && !values ? texts.notJson : undefined}
          />
        ) : (
          fields.map((field) => (
            <FieldInput
              key={field.name}
              field={field}
              value={values[field.name]}
              onChange={(value) => input.change(field.name, value)}
            />
          ))
        )}
        {fields?.length === 0 && !isRaw && (
          <Text size="sm" c="dimmed">
            {texts.takesNothing}
          </Text>
        )}
      </Stack>
    </Fieldset>
  );
}

interface RawInputProps {
  readonly label: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly warning: string | undefined;
}

function RawInput({ label, text, onChange, warning }: RawInputProps) {
  const { rawHint } = useTexts(playgroundTexts);
  return (
    <Textarea
      label={label}
      description={rawHint}
      value={text}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
      error={warning}
      rows={8}
      spellCheck={false}
      styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
    />
  );
}
