import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { UsageSeries } from '../charts/ranges.ts';
import { Procedures } from './procedures.tsx';
import { Refusals } from './refusals.tsx';
import classes from './usage-panel.module.css';

interface CallDetailsProps {
  readonly series: UsageSeries;
  /** Above the called procedures. */
  readonly children?: ReactNode;
}

/** Which procedures were called, and why calls were refused, side by side; nothing if there were no calls. */
export function CallDetails({ series, children }: CallDetailsProps) {
  if (series.accepted + series.refused === 0) return null;
  return (
    <div className={classes.details}>
      <Stack gap="lg">
        {children}
        <Procedures series={series} />
      </Stack>
      <Refusals series={series} />
    </div>
  );
}
