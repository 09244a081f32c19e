import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../../language/language.ts';
import { playgroundTexts } from '../texts.ts';
import { labelProps, type PropsOf } from './field-props.tsx';

/*
 * Fields whose text is kept as it is typed, because it is not always a value: an empty line, or half of a JSON text.
 */

/** One value per line. */
export function ListField({ field, value, onChange }: PropsOf<'list'>) {
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
      {...labelProps(field, [onePerLine, ...field.options].join(' · '))}
      value={text}
      onChange={change}
      rows={3}
    />
  );
}

export function JsonField({ field, value, onChange }: PropsOf<'json'>) {
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
  return <Textarea {...labelProps(field, asJson)} value={text} onChange={change} rows={3} error={error} />;
}
