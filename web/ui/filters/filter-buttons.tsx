import { Button, Group } from '@mantine/core';
import type { ReactNode } from 'react';

interface FilterButtonsProps {
  readonly apply: string;
  readonly showAll: string;
  readonly isFiltered: boolean;
  readonly onShowAll: () => void;
  /** Further buttons. */
  readonly children?: ReactNode;
}

/** The buttons below the fields of a list's filter. */
export function FilterButtons({ apply, showAll, isFiltered, onShowAll, children }: FilterButtonsProps) {
  return (
    <Group gap="sm">
      <Button type="submit" size="xs">
        {apply}
      </Button>
      {isFiltered && (
        <Button size="xs" variant="default" onClick={onShowAll}>
          {showAll}
        </Button>
      )}
      {children}
    </Group>
  );
}
