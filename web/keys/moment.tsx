import { Text, Tooltip } from '@mantine/core';
import { useFormats } from '../language/formats.ts';

interface MomentProps {
  /** ISO 8601; null where it never was, or never comes. */
  readonly at: string | null;
  readonly none: string;
}

/** How long ago, or ahead; the day and time to whoever points at it or reaches it by keyboard. */
export function Moment({ at, none }: MomentProps) {
  const { fromNow, moment } = useFormats();
  if (at === null) {
    return (
      <Text span size="sm" c="dimmed">
        {none}
      </Text>
    );
  }
  return (
    <Tooltip label={moment(at)}>
      <Text component="time" size="sm" dateTime={at} tabIndex={0}>
        {fromNow(at)}
      </Text>
    </Tooltip>
  );
}
