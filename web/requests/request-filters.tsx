import { NativeSelect, SimpleGrid, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { REFUSALS } from '../../shared/refusals.ts';
import { KeyFilter } from '../key-model/key-filter.tsx';
import { useTexts } from '../language/language.ts';
import { SavedFilters } from '../saved-filters/saved-filters.tsx';
import { FilterButtons } from '../ui/filters/filter-buttons.tsx';
import styles from '../ui/filters/filter-fields.module.css';
import { MoreFilters } from '../ui/filters/more-filters.tsx';
import { FIELDS, MAX_LENGTHS, type RequestsSearch, requestsSearch } from './requests-search.ts';
import { requestsTexts } from './texts.ts';

interface RequestFiltersProps {
  readonly search: RequestsSearch;
  readonly onSearch: (search: RequestsSearch) => void;
}

const REASONS = Object.keys(REFUSALS).sort();

/** Filters the list by request, key, procedure, environment, outcome and time. */
export function RequestFilters({ search, onSearch }: RequestFiltersProps) {
  const texts = useTexts(requestsTexts);
  const [isOpen, setOpen] = useState(() => hasMore(search));
  const [draft, setDraft] = useState<Record<string, string>>({ ...search });
  const isFiltered = Object.keys(search).length > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSearch(requestsSearch(Object.fromEntries(FIELDS.map((name) => [name, draft[name]?.trim()]))));
  };
  const field = (name: Exclude<(typeof FIELDS)[number], 'key'>) => ({
    label: texts.filters[name],
    value: draft[name] ?? '',
    onChange: ({ currentTarget: { value } }: { currentTarget: { value: string } }) =>
      setDraft((old) => ({ ...old, [name]: value })),
  });
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SimpleGrid
          cols={{ base: 2, md: 3, xl: 7 }}
          spacing="sm"
          className={styles.fields}
          data-folded={!isOpen}
        >
          <TextInput {...field('requestId')} maxLength={MAX_LENGTHS.requestId} />
          <KeyFilter
            chosen={draft['key'] || undefined}
            onChoose={(id) => setDraft((old) => ({ ...old, key: id ?? '' }))}
          />
          <TextInput {...field('procedure')} maxLength={MAX_LENGTHS.procedure} />
          <NativeSelect {...field('environment')} data={choicesOf(texts).environments} />
          <NativeSelect {...field('outcome')} data={choicesOf(texts).outcomes} />
          {(['from', 'to'] as const).map((name) => (
            <TextInput key={name} {...field(name)} type="datetime-local" />
          ))}
        </SimpleGrid>
        <FilterButtons
          apply={texts.filter}
          showAll={texts.all}
          isFiltered={isFiltered}
          onShowAll={() => onSearch({})}
        >
          <MoreFilters isOpen={isOpen} onToggle={() => setOpen(!isOpen)} />
          <SavedRequestFilters search={search} onSearch={onSearch} />
        </FilterButtons>
      </Stack>
    </form>
  );
}

/** Whether a field after the first has a filter: what is filtered can be seen. */
const hasMore = (search: RequestsSearch): boolean => Object.keys(search).some((name) => name !== 'requestId');

function SavedRequestFilters({ search, onSearch }: RequestFiltersProps) {
  const current = Object.keys(search).length > 0 ? search : null;
  return <SavedFilters page="requests" current={current} read={requestsSearch} onOpen={onSearch} />;
}

/** What the two fields offer, of which one choice is any. */
function choicesOf(texts: (typeof requestsTexts)['en']) {
  const any = { value: '', label: texts.any };
  const ends = ['accepted', 'refused'] as const;
  return {
    environments: [any, ...ENVIRONMENTS.map((value) => ({ value, label: texts.environments[value] }))],
    outcomes: [any, ...ends.map((value) => ({ value, label: texts.outcomes[value] })), ...REASONS],
  };
}
