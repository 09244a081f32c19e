import { Skeleton, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { UsageSeries } from '../charts/ranges.ts';
import { chartTexts } from '../charts/texts.ts';
import { useTexts } from '../language/language.ts';
import type { OpenBucket } from './calls-of.ts';

/** The chart library is large, so it loads only when there is something to draw. */
const UsageChart = lazy(() => import('./usage-chart.tsx'));

/** Height in pixels of the chart and of its placeholder. */
export const CHART_HEIGHT = 260;

interface CallsChartProps {
  readonly series: UsageSeries;
  /** Opens the calls of a bucket. */
  readonly open: OpenBucket;
  /** In pixels. */
  readonly height?: number;
  /** Says how the chart is used, in place of what the usage page says. */
  readonly hint?: string;
}

/** The calls of each bucket as bars on a scale. A pointer or the arrow keys show the numbers of each. */
export function CallsChart({ series, open, height = CHART_HEIGHT, hint }: CallsChartProps) {
  const { keys } = useTexts(chartTexts);
  return (
    <>
      <Suspense fallback={<Skeleton height={height} />}>
        <UsageChart series={series} height={height} open={open} />
      </Suspense>
      <Text size="xs" c="dimmed">
        {hint ?? keys}
      </Text>
    </>
  );
}
