import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './empty.module.css';

interface EmptyProps {
  readonly title: string;
  /** Whether rows are missing: the outlines of some are above the title. */
  readonly isList?: boolean;
  readonly children?: ReactNode;
}

/** Shown in place of missing content, with what to do next. */
export function Empty({ title, isList = false, children }: EmptyProps) {
  return (
    <Paper withBorder p="xl">
      <Stack align="center" gap="sm" ta="center" className={classes.empty}>
        {isList && <Ghosts />}
        <Title order={2} size="h4">
          {title}
        </Title>
        {typeof children === 'string' ? <Text c="dimmed">{children}</Text> : children}
      </Stack>
    </Paper>
  );
}

/** The outlines of three rows, each fainter than the one above. */
const Ghosts = () => (
  <div className={classes['ghosts']} aria-hidden="true">
    {[0, 1, 2].map((row) => (
      <div key={row} className={classes['ghost']}>
        <span />
        <span />
        <span />
      </div>
    ))}
  </div>
);
