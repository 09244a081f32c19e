import { Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, client } from '../api/service.ts';
import { chartTexts } from '../charts/texts.ts';
import { MAX_SEARCH_LENGTH } from '../key-model/keys-search.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { usageTexts } from './texts.ts';

interface KeyFilterProps {
  /** The id of the chosen key. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
}

/** Keys that are offered at once. */
const MOST = 20;
/** A choice that shows its name would otherwise be a search for that name. */
const PAUSE_MS = 150;

/** The choice of one key, by its name or the beginning of its id. */
export function KeyFilter({ chosen, onChoose }: KeyFilterProps) {
  const { key } = useTexts(usageTexts);
  const texts = useTexts(chartTexts);
  const may = useMay('keys:read');
  const [typed, setTyped] = useState('');
  const named = useQuery({
    ...api.keys.get.queryOptions({ id: chosen ?? '' }, { retry: false }),
    enabled: may && chosen !== undefined,
  }).data;
  const isOfChoice = typed === (named?.name ?? chosen);
  const [search] = useDebouncedValue(isOfChoice ? '' : typed.trim().slice(0, MAX_SEARCH_LENGTH), PAUSE_MS);
  const { data } = useQuery({
    queryKey: [...api.keys.list.pathKey(), 'filter', search],
    queryFn: ({ signal }) =>
      client.keys.list.query({ ...(search === '' ? {} : { search }), limit: MOST }, { signal }),
    enabled: may,
    placeholderData: keepPreviousData,
  });
  const found = new Map(data?.items.map(({ id, name }) => [id, name]));
  if (chosen !== undefined) found.set(chosen, named?.name ?? chosen);
  return (
    <Select
      {...{ label: key, placeholder: texts.all, size: 'xs', flex: '1 1 12rem', maw: '18rem' }}
      data={[...found].map(([value, label]) => ({ value, label }))}
      value={chosen ?? null}
      onChange={(id) => onChoose(id ?? undefined)}
      onSearchChange={setTyped}
      // The service searches, by ids too.
      filter={({ options }) => options}
      clearButtonProps={{ 'aria-label': texts.clear(key) }}
      {...{ searchable: true, clearable: true, maxDropdownHeight: 280 }}
      nothingFoundMessage={texts.noKey}
      renderOption={({ option }) => (
        <bdi className="theirs" title={option.value}>
          {option.label}
        </bdi>
      )}
    />
  );
}
