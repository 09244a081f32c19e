import { Badge } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import type { ConsoleKey } from './key.ts';
import { keysTexts } from './texts.ts';

/** Green is only for accepted calls. */
const COLORS = { active: 'brand', disabled: 'yellow', expired: 'gray', revoked: 'red' } as const;

export function KeyStatus({ status }: Pick<ConsoleKey, 'status'>) {
  const { statuses } = useTexts(keysTexts);
  return (
    <Badge variant="dot" color={COLORS[status]} tt="none" fw={500}>
      {statuses[status]}
    </Badge>
  );
}
