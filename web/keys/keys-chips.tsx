import { findingOf } from '../key-model/findings.ts';
import type { KeysSearch } from '../key-model/keys-search.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { FilterChips } from '../ui/filters/filter-chips.tsx';

interface KeysChipsProps {
  readonly search: KeysSearch;
  readonly onSearch: (changes: KeysSearch) => void;
}

/** The filter of the keys, in words. */
export function KeysChips({ search: wanted, onSearch }: KeysChipsProps) {
  const { search, status, environment } = wanted;
  const finding = findingOf(wanted);
  const texts = useTexts(keysTexts);
  const conditions = [
    ['search', search?.trim()],
    ['status', status && texts.statuses[status]],
    ['environment', environment && texts.environments[environment]],
    ['finding', finding && texts.findings[finding]],
  ] as const;
  const chips = conditions.flatMap(([field, value]) =>
    value ? [{ name: texts[field], value, onRemove: () => onSearch({ [field]: undefined }) }] : [],
  );
  return <FilterChips chips={chips} />;
}
