import { Badge } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import type { ConsoleKey } from './key.ts';
import { keysTexts } from './texts.ts';

/** Whether a key is for tests, in amber, or for production. */
export function EnvironmentBadge({ environment }: Pick<ConsoleKey, 'environment'>) {
  const { environments } = useTexts(keysTexts);
  return (
    <Badge
      size="sm"
      variant="light"
      radius="xs"
      tt="none"
      fw={550}
      color={environment === 'test' ? 'yellow' : 'gray'}
      c={environment === 'test' ? 'var(--ks-test)' : 'var(--ks-text)'}
      style={{ flex: 'none' }}
    >
      {environments[environment]}
    </Badge>
  );
}
