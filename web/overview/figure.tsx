import { Text } from '@mantine/core';
import classes from './overview.module.css';

interface FigureProps {
  readonly name: string;
  readonly value: string;
  /** The period, or a comparison. */
  readonly more: string;
  readonly isBad?: boolean;
}

/** A number with its name, in a list of such. */
export function Figure({ name, value, more, isBad = false }: FigureProps) {
  return (
    <div className={classes.figure}>
      <Text component="dt" size="sm" c="dimmed">
        {name}
      </Text>
      <Text
        component="dd"
        m={0}
        size="xl"
        fw={600}
        lh={1.25}
        c={isBad ? 'var(--ks-refused)' : 'var(--ks-heading)'}
      >
        {value}
      </Text>
      <Text component="dd" m={0} size="xs" c="dimmed">
        {more}
      </Text>
    </div>
  );
}
