import { Badge } from '@mantine/core';

interface StatusBadgeProps {
  readonly color: 'seal' | 'gray' | 'yellow' | 'red';
  readonly children: string;
}

/** A status as a word; the colour only repeats it. */
export function StatusBadge({ color, children }: StatusBadgeProps) {
  return (
    <Badge color={color} variant="light" c="var(--mantine-color-text)" tt="none">
      {children}
    </Badge>
  );
}
