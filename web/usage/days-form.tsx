import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { chartTexts } from '../charts/texts.ts';
import { useTexts } from '../language/language.ts';
import { type Days, wrongDays } from './period.ts';

interface DaysFormProps {
  readonly days: Days;
  readonly onChoose: (days: Days) => void;
}

/** The first and the last day of a period. */
export function DaysForm({ days, onChoose }: DaysFormProps) {
  const texts = useTexts(chartTexts);
  const [draft, setDraft] = useState(days);
  const [wrong, setWrong] = useState<ReturnType<typeof wrongDays>>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = wrongDays(draft, Date.now());
    setWrong(found);
    if (found === null) onChoose(draft);
  };
  const field = (name: keyof Days) => ({
    type: 'date',
    label: texts.days[name],
    value: draft[name],
    flex: '1 1 9rem',
    maw: '12rem',
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setDraft({ ...draft, [name]: value }),
  });
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="sm" align="flex-start">
        <TextInput {...field('from')} error={wrong && texts.wrongDays[wrong]} />
        <TextInput {...field('to')} />
        <Button type="submit" variant="default" mt={{ base: 0, xs: 22 }}>
          {texts.show}
        </Button>
      </Group>
    </form>
  );
}
