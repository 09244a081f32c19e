import { useNames } from '../key-model/use-names.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { FilterChips } from '../ui/filters/filter-chips.tsx';
import { type AuditSearch, FILTERS } from './audit-search.ts';
import { auditTexts } from './texts.ts';

interface AuditChipsProps {
  readonly search: AuditSearch;
  readonly onSearch: (search: AuditSearch) => void;
}

/** The filter of the log, in words. */
export function AuditChips({ search, onSearch }: AuditChipsProps) {
  const { filters, actions } = useTexts(auditTexts);
  const { people, keys } = useNames();
  const { day } = useFormats();
  const nameOf = (id: string) => people.get(id) ?? keys.get(id) ?? id;
  const words: Readonly<Record<(typeof FILTERS)[number], (value: string) => string>> = {
    action: (action) => (actions as { readonly [action: string]: string })[action] ?? action,
    actor: nameOf,
    subject: nameOf,
    from: day,
    to: day,
  };
  const chips = FILTERS.flatMap((field) => {
    const { [field]: value, ...others } = search;
    if (value === undefined) return [];
    return [{ name: filters[field], value: words[field](value), onRemove: () => onSearch(others) }];
  });
  return <FilterChips chips={chips} />;
}
