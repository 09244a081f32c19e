import { Button, Group, Text } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ReactNode, useRef } from 'react';
import { useTexts } from '../../language/language.ts';
import { shellTexts } from '../texts.ts';

/** One condition of a list's filter. */
export interface FilterChip {
  /** The label of its field. */
  readonly name: string;
  readonly value: ReactNode;
  readonly onRemove: () => void;
}

/** The conditions that a list's filter has now: a click removes one. Nothing without a filter. */
export function FilterChips({ chips }: { readonly chips: readonly FilterChip[] }) {
  const { filters, labelled } = useTexts(shellTexts);
  const group = useRef<HTMLDivElement>(null);
  if (chips.length === 0) return null;
  const remove = (index: number) => {
    // The chip leaves with the focus, which goes to a neighbour, or to the page.
    const others = group.current?.querySelectorAll('button');
    const next = others?.[index + 1] ?? others?.[index - 1] ?? document.getElementById('content');
    next?.focus({ preventScroll: true });
    chips[index]?.onRemove();
  };
  return (
    <Group ref={group} role="group" aria-label={filters.current} gap={6} data-content>
      {chips.map(({ name, value }, index) => (
        <Button
          key={name}
          size="compact-sm"
          variant="default"
          radius="xl"
          maw="100%"
          fw={500}
          // On a phone a button is a grid, whose column would be as wide as the whole text.
          style={{ gridTemplateColumns: 'minmax(0, auto)' }}
          rightSection={<IconX size={13} aria-hidden />}
          title={filters.remove}
          onClick={() => remove(index)}
        >
          <Text span inherit truncate miw={0}>
            {labelled(name)} <bdi>{value}</bdi>
          </Text>
        </Button>
      ))}
    </Group>
  );
}
