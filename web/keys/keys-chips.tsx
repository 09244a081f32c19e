import type { KeysSearch } from '../key-model/keys-search.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { FilterChips } from '../ui/filters/filter-chips.tsx';

interface KeysChipsProps {
  readonly search: KeysSearch;
  readonly onSearch: (changes: KeysSearch) => void;
}

/** The filter of the keys, in words. */
export function KeysChips({ search: { search, status, environment }, onSearch }: KeysChipsProps) {
  const texts = useTexts(keysTexts);
  const conditions = [
    ['search', search?.trim()],
    ['status', status && texts.statuses[status]],
    ['environment', environment && texts.environments[environment]],
  ] as const;
  const chips = conditions.flatMap(([field, value]) =>
    value ? [{ name: texts[field], value, onRemove: () => onSearch({ [field]: undefined }) }] : [],
  );
  return <FilterChips chips={chips} />;
}
