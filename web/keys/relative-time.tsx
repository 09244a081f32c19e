import { Text, Tooltip } from '@mantine/core';
import { useFormats } from '../language/formats.ts';

interface RelativeTimeProps {
  /** ISO 8601; null for never. */
  readonly at: string | null;
  readonly none: string;
}

/** The time relative to now; day and time appear on hover and keyboard focus. */
export function RelativeTime({ at, none }: RelativeTimeProps) {
  const { fromNow, dateTime } = useFormats();
  if (at === null) {
    return (
      <Text span size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <Tooltip label={dateTime(at)}>
      <Text component="time" size="sm" dateTime={at} tabIndex={0}>
        {fromNow(at)}
      </Text>
    </Tooltip>
  );
}
