import { Autocomplete, Button, Group, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { type AuditSearch, auditSearch, FILTERS } from './audit-search.ts';
import { auditTexts } from './texts.ts';
import { usePeople } from './use-people.ts';

interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly onSearch: (search: AuditSearch) => void;
}

/** Filters the list by action, actor, subject and days. */
export function AuditFilters({ search, onSearch }: AuditFiltersProps) {
  const texts = useTexts(auditTexts);
  const people = usePeople();
  const [draft, setDraft] = useState<Record<string, string>>({ ...search });
  const set = (name: string) => (value: string) => setDraft((old) => ({ ...old, [name]: value }));
  const field = (name: (typeof FILTERS)[number]) => ({
    label: texts.filters[name],
    value: draft[name] ?? '',
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = FILTERS.map((name) => [name, draft[name]?.trim()]);
    onSearch(auditSearch(Object.fromEntries(trimmed)));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 5 }} spacing="sm">
          <Autocomplete
            {...field('action')}
            onChange={set('action')}
            data={Object.keys(texts.actions)}
            limit={12}
            maxLength={200}
          />
          <Autocomplete
            {...field('actor')}
            onChange={set('actor')}
            data={[...people.keys()]}
            renderOption={({ option }) => (
              <span className="theirs" dir="auto">
                {people.get(option.value) ?? option.value}
              </span>
            )}
            limit={12}
            maxLength={200}
          />
          <TextInput
            {...field('subject')}
            onChange={(event) => set('subject')(event.currentTarget.value)}
            maxLength={200}
          />
          <TextInput
            {...field('from')}
            type="date"
            onChange={(event) => set('from')(event.currentTarget.value)}
          />
          <TextInput
            {...field('to')}
            type="date"
            onChange={(event) => set('to')(event.currentTarget.value)}
          />
        </SimpleGrid>
        <Group gap="sm">
          <Button type="submit" size="xs">
            {texts.filter}
          </Button>
          {Object.keys(search).length > 0 && (
            <Button size="xs" variant="default" onClick={() => onSearch({})}>
              {texts.all}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
