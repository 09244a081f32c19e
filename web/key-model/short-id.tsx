import { Text } from '@mantine/core';

/** Characters that are shown of each end. */
const ENDS = 4;

interface ShortIdProps {
  readonly id: string;
  readonly className?: string | undefined;
}

/** The ends of an id next to a name: enough to tell two of one name apart. The whole id is its tooltip. */
export const ShortId = ({ id, className }: ShortIdProps) => (
  <Text span ff="monospace" size="xs" c="dimmed" className={className} title={id}>
    {id.length > 2 * ENDS + 1 ? `${id.slice(0, ENDS)}…${id.slice(-ENDS)}` : id}
  </Text>
);
