import { Button } from '@mantine/core';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';

interface MoreFiltersProps {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

/** In a narrow window, shows the fields after the first, which `filter-fields.module.css` folds. */
export function MoreFilters({ isOpen, onToggle }: MoreFiltersProps) {
  const { filters } = useTexts(shellTexts);
  return (
    <Button size="xs" variant="default" hiddenFrom="md" aria-expanded={isOpen} onClick={onToggle}>
      {filters.more}
    </Button>
  );
}
