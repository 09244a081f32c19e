import { useKeyName } from '../key-model/use-key-name.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { FilterChips } from '../ui/filters/filter-chips.tsx';
import { FIELDS, type RequestsSearch } from './requests-search.ts';
import { requestsTexts } from './texts.ts';

interface RequestChipsProps {
  readonly search: RequestsSearch;
  readonly onSearch: (search: RequestsSearch) => void;
}

/** The filter of the list, in words. */
export function RequestChips({ search, onSearch }: RequestChipsProps) {
  const { filters, outcomes, environments } = useTexts(requestsTexts);
  const { dateTime } = useFormats();
  const keyName = useKeyName(search.key);
  const timeOf = (time: string) => dateTime(`${time}Z`);
  const words: { readonly [field: string]: (value: string) => string } = {
    key: (id) => keyName ?? id,
    environment: (name) => (environments as { readonly [name: string]: string })[name] ?? name,
    outcome: (outcome) => (outcomes as { readonly [outcome: string]: string })[outcome] ?? outcome,
    from: timeOf,
    to: timeOf,
  };
  const chips = FIELDS.flatMap((field) => {
    const { [field]: value, ...others } = search;
    if (value === undefined) return [];
    return [
      { name: filters[field], value: words[field]?.(value) ?? value, onRemove: () => onSearch(others) },
    ];
  });
  return <FilterChips chips={chips} />;
}
