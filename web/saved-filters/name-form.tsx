import { Button, Group, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { isFilterName, MAX_NAME } from './stored-filters.ts';
import { savedFilterTexts } from './texts.ts';

interface FilterNameFormProps {
  readonly label: string;
  readonly initial?: string;
  /** The names of the other filters. */
  readonly taken: readonly string[];
  readonly onName: (name: string) => void;
  readonly onCancel?: () => void;
}

/** Asks for the name of a filter. */
export function FilterNameForm({ label, initial = '', taken, onName, onCancel }: FilterNameFormProps) {
  const texts = useTexts(savedFilterTexts);
  const [name, setName] = useState(initial);
  const [wrong, setWrong] = useState<string | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const given = name.trim();
    if (!isFilterName(given)) return setWrong(texts.wrongName(MAX_NAME));
    if (taken.includes(given)) return setWrong(texts.taken);
    setName('');
    setWrong(null);
    onName(given);
  };
  return (
    <form onSubmit={submit} noValidate>
      <Group gap="xs" align="flex-end">
        <TextInput
          label={label}
          error={wrong}
          value={name}
          maxLength={MAX_NAME}
          autoComplete="off"
          dir="auto"
          flex="1 1 12rem"
          autoFocus={onCancel !== undefined}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit">{texts.save}</Button>
        {onCancel && (
          <Button variant="default" onClick={onCancel}>
            {texts.cancel}
          </Button>
        )}
      </Group>
    </form>
  );
}
