import { Text } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './figures.module.css';

interface FiguresProps {
  /** How many are in a row if the window is wide enough. */
  readonly columns: 3 | 4;
  readonly children: ReactNode;
}

/** Numbers with their names, side by side; on a phone four are two rows, and three are a row each. */
export const Figures = ({ columns, children }: FiguresProps) => (
  <dl className={classes.figures} data-columns={columns}>
    {children}
  </dl>
);

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
      <Text component="dd" m={0} size="xs" c="dimmed" mih="1lh">
        {more}
      </Text>
    </div>
  );
}
