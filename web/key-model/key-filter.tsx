import { Select, type SelectProps } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { isKeyId } from '../../shared/key-format.ts';
import { api } from '../api/service.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { readFirstKeys } from './first-keys.ts';
import { MAX_SEARCH_LENGTH } from './keys-search.ts';
import { keysTexts } from './texts.ts';
import { useKeyName } from './use-key-name.ts';

interface KeyFilterProps extends Pick<SelectProps, 'size' | 'flex' | 'maw'> {
  /** The id of the chosen key. */
  readonly chosen: string | undefined;
  readonly onChoose: (id: string | undefined) => void;
}

/** Keys that are offered at once. */
const MOST = 20;
/** A choice that shows its name would otherwise be a search for that name. */
const PAUSE_MS = 150;

/**
 * The choice of one key, by its name or the beginning of its id. A whole id is chosen as the focus leaves, also that of a deleted
 * key, unless it is the name of a key.
 */
export function KeyFilter({ chosen, onChoose, ...look }: KeyFilterProps) {
  const { filter: texts } = useTexts(keysTexts);
  const [typed, setTyped] = useState('');
  const name = useKeyName(chosen);
  const text = typed.trim();
  const isTyped = typed !== (name ?? chosen);
  const found = useFound(isTyped ? text : '');
  // What looks like an id may be a name, or the beginning of one.
  const isNamed = [...found.values()].some((each) => each.toLowerCase().startsWith(text.toLowerCase()));
  const isWholeId = isTyped && isKeyId(text) && !isNamed;
  const offered = new Map([
    ...found,
    ...(isWholeId && !found.has(text) ? [[text, text] as const] : []),
    ...(chosen === undefined ? [] : [[chosen, name ?? chosen] as const]),
  ]);
  return (
    <Select
      label={texts.key}
      placeholder={texts.all}
      {...look}
      data={[...offered].map(([value, label]) => ({ value, label }))}
      value={chosen ?? null}
      onChange={(id) => onChoose(id ?? undefined)}
      onSearchChange={setTyped}
      onBlur={() => isWholeId && onChoose(text)}
      // The service searches, by ids too.
      filter={({ options }) => options}
      clearButtonProps={{ 'aria-label': texts.clear }}
      searchable
      clearable
      allowDeselect={false}
      maxDropdownHeight={280}
      nothingFoundMessage={texts.none}
      renderOption={({ option }) => (
        <bdi className="theirs" title={option.value}>
          {option.label}
        </bdi>
      )}
    />
  );
}

/** The names of the keys that match a text, by id. */
function useFound(text: string): ReadonlyMap<string, string> {
  const may = useMay('keys:read');
  const [search] = useDebouncedValue(text.slice(0, MAX_SEARCH_LENGTH), PAUSE_MS);
  const { data } = useQuery({
    queryKey: [...api.keys.list.pathKey(), 'filter', search],
    queryFn: ({ signal }) => readFirstKeys({ ...(search === '' ? {} : { search }), limit: MOST }, signal),
    enabled: may,
    placeholderData: keepPreviousData,
  });
  return new Map(data?.items.map(({ id, name }) => [id, name]));
}
