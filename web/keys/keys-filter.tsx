import { NativeSelect, SimpleGrid, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { ENVIRONMENTS } from '../../shared/key-format.ts';
import { type KeysSearch, MAX_SEARCH_LENGTH, SORTS, STATUSES } from '../key-model/keys-search.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';

interface KeysFilterProps {
  readonly search: KeysSearch;
  /** Changes the filter; with `replace`, Back skips the current one. */
  readonly onSearch: (changes: KeysSearch, options?: { readonly replace?: boolean }) => void;
}

/** Filter and order of the keys. */
export function KeysFilter({ search, onSearch }: KeysFilterProps) {
  const texts = useTexts(keysTexts);
  const any = { value: '', label: texts.any };
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm" role="search">
      <SearchField text={search.search ?? ''} onSearch={onSearch} />
      <NativeSelect
        label={texts.status}
        data={[any, ...STATUSES.map((value) => ({ value, label: texts.statuses[value] }))]}
        value={search.status ?? ''}
        onChange={({ target }) => onSearch({ status: (target.value || undefined) as KeysSearch['status'] })}
      />
      <NativeSelect
        label={texts.environment}
        data={[any, ...ENVIRONMENTS.map((value) => ({ value, label: texts.environments[value] }))]}
        value={search.environment ?? ''}
        onChange={({ target }) =>
          onSearch({ environment: (target.value || undefined) as KeysSearch['environment'] })
        }
      />
      <NativeSelect
        label={texts.sort}
        data={SORTS.map((value) => ({ value, label: texts.sorts[value] }))}
        value={search.sort ?? 'newest'}
        onChange={({ target: { value } }) =>
          onSearch({ sort: value === 'newest' ? undefined : (value as KeysSearch['sort']) })
        }
      />
    </SimpleGrid>
  );
}

interface SearchFieldProps {
  readonly text: string;
  readonly onSearch: KeysFilterProps['onSearch'];
}

/** Searches once the typing pauses. Back and links set the text too. */
function SearchField({ text, onSearch }: SearchFieldProps) {
  const texts = useTexts(keysTexts);
  const [typed, setTyped] = useState(text);
  const applied = useRef(text);
  const tell = useDebouncedCallback((search: string) => {
    if (search === applied.current) return;
    // All characters of one search are one step of Back.
    const replace = applied.current !== '' && search !== '';
    applied.current = search;
    onSearch({ search: search || undefined }, { replace });
  }, 250);
  useEffect(() => {
    if (text === applied.current) return;
    applied.current = text;
    setTyped(text);
  }, [text]);
  return (
    <TextInput
      type="search"
      label={texts.search}
      placeholder={texts.searchHint}
      maxLength={MAX_SEARCH_LENGTH}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        tell(target.value);
      }}
    />
  );
}
