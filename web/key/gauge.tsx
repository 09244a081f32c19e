import { Code, Group, Progress, Stack, Text } from '@mantine/core';

interface GaugeProps {
  /** Absent if there is only one of its kind. */
  readonly name?: string;
  /** What the bar shows, for readers who do not see it. */
  readonly label: string;
  readonly left: number;
  /** What a full bar is; absent if there is no bound to compare with. */
  readonly full?: number | undefined;
  /** How much is left, in words. */
  readonly value: string;
  /** The bound, and when some of it comes back. */
  readonly more: string;
}

/** Below this share of the full bar, the reader is warned. */
const LOW = 0.2;

const colorOf = (share: number) =>
  share <= 0 ? 'var(--ks-refused)' : share < LOW ? 'var(--ks-test)' : 'var(--ks-data)';

/** How much of a limit or of credits is left. */
export function Gauge({ name, label, left, full, value, more }: GaugeProps) {
  const share = full === undefined ? null : Math.min(1, left / Math.max(1, full));
  return (
    <Stack gap={6}>
      <Group justify="space-between" gap="xs" align="baseline">
        {name !== undefined && <Code>{name}</Code>}
        <Text fw={600} c="var(--ks-heading)">
          {value}
        </Text>
      </Group>
      {share !== null && (
        <Progress size="sm" radius="xl" value={100 * share} color={colorOf(share)} aria-label={label} />
      )}
      <Text size="sm" c="dimmed">
        {more}
      </Text>
    </Stack>
  );
}
