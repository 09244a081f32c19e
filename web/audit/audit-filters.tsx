import { Autocomplete, type ComboboxItem, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type ComponentType, type FormEvent, useState } from 'react';
import { type Names, useNames } from '../key-model/use-names.ts';
import { useTexts } from '../language/language.ts';
import { SavedFilters } from '../saved-filters/saved-filters.tsx';
import { FilterButtons } from '../ui/filters/filter-buttons.tsx';
import styles from '../ui/filters/filter-fields.module.css';
import { MoreFilters } from '../ui/filters/more-filters.tsx';
import { type AuditSearch, auditSearch, FILTERS } from './audit-search.ts';
import { auditTexts } from './texts.ts';

interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly onSearch: (search: AuditSearch) => void;
}

/** Filters the list by action, actor, subject and days. */
export function AuditFilters({ search, onSearch }: AuditFiltersProps) {
  const texts = useTexts(auditTexts);
  const [isOpen, setOpen] = useState(() => Object.keys(search).some((name) => name !== FILTERS[0]));
  const [draft, setDraft] = useState<Record<string, string>>({ ...search });
  const isFiltered = Object.keys(search).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const trimmed = FILTERS.map((name) => [name, draft[name]?.trim()]);
    onSearch(auditSearch(Object.fromEntries(trimmed)));
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid
          cols={{ base: 2, md: 3, lg: 5 }}
          spacing="sm"
          className={styles.fields}
          data-folded={!isOpen}
        >
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
          isFiltered={isFiltered}
          onShowAll={() => onSearch({})}
        >
          <MoreFilters isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
          <SavedFilters
            page="audit"
            current={isFiltered ? search : null}
            read={auditSearch}
            onOpen={onSearch}
          />
        </FilterButtons>
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
  const { people, keys } = useNames();
  return <IdField {...props} names={new Map([...people, ...keys])} />;
}

function SubjectField(props: FieldProps) {
  const { people, keys } = useNames();
  return <IdField {...props} names={new Map([...keys, ...people])} />;
}

/** An id, which is found by the name of the user or the key. */
function IdField({ names, ...props }: FieldProps & { readonly names: Names }) {
  const nameOf = (id: string) => names.get(id) ?? id;
  const chosen = names.get(props.value);
  return (
    <Autocomplete
      {...props}
      data={[...names.keys()]}
      description={chosen && <bdi className="theirs">{chosen}</bdi>}
      inputWrapperOrder={['label', 'input', 'description']}
      filter={({ options, search, limit }) =>
        (options as ComboboxItem[])
          .filter(({ value }) => value.startsWith(search) || includes(nameOf(value), search))
          .slice(0, limit)
      }
      renderOption={({ option: { value } }) => (
        <span className="theirs" dir="auto">
          {nameOf(value)}
        </span>
      )}
      limit={12}
      maxLength={200}
    />
  );
}

const includes = (name: string, search: string) =>
  name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase());

function DayField({ onChange, ...props }: FieldProps) {
  return <TextInput {...props} onChange={({ currentTarget }) => onChange(currentTarget.value)} type="date" />;
}
