import { Autocomplete, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type ComponentType, type FormEvent, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { FilterButtons } from '../ui/filter-buttons.tsx';
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
  const [draft, setDraft] = useState<Record<string, string>>({ ...search });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = FILTERS.map((name) => [name, draft[name]?.trim()]);
    onSearch(auditSearch(Object.fromEntries(trimmed)));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3, lg: 5 }} spacing="sm">
          {FILTERS.map((name) => {
            const Field = FIELDS[name];
            return (
              <Field
                key={name}
                label={texts.filters[name]}
                value={draft[name] ?? ''}
                onChange={(value) => setDraft((old) => ({ ...old, [name]: value }))}
              />
            );
          })}
        </SimpleGrid>
        <FilterButtons
          apply={texts.filter}
          showAll={texts.all}
          isFiltered={Object.keys(search).length > 0}
          onShowAll={() => onSearch({})}
        />
      </Stack>
    </form>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

const FIELDS: Readonly<Record<(typeof FILTERS)[number], ComponentType<FieldProps>>> = {
  action: ActionField,
  actor: ActorField,
  subject: SubjectField,
  from: DayField,
  to: DayField,
};

function ActionField(props: FieldProps) {
  const { actions } = useTexts(auditTexts);
  return <Autocomplete {...props} data={Object.keys(actions)} limit={12} maxLength={200} />;
}

function ActorField(props: FieldProps) {
  const people = usePeople();
  return (
    <Autocomplete
      {...props}
      data={[...people.keys()]}
      renderOption={({ option }) => (
        <span className="theirs" dir="auto">
          {people.get(option.value) ?? option.value}
        </span>
      )}
      limit={12}
      maxLength={200}
    />
  );
}

function SubjectField({ onChange, ...props }: FieldProps) {
  return (
    <TextInput {...props} onChange={({ currentTarget }) => onChange(currentTarget.value)} maxLength={200} />
  );
}

function DayField({ onChange, ...props }: FieldProps) {
  return <TextInput {...props} onChange={({ currentTarget }) => onChange(currentTarget.value)} type="date" />;
}
