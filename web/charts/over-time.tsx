import { Group, Paper, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { CountsTable } from './counts-table.tsx';
import type { UsageSeries } from './ranges.ts';
import { chartTexts } from './texts.ts';
import type { UsageView } from './usage-search.ts';
import { useBucketFormat } from './use-bucket-format.ts';

/** The chart library is large, so it loads only when there is something to draw. */
const UsageChart = lazy(() => import('./usage-chart.tsx'));

/** Height in pixels of the chart and of its placeholder. */
const HEIGHT = 280;

const VIEW = { chart: Chart, table: Points } as const;

/** The sums of a range, and of each of its buckets. */
export function OverTime({ series, view }: { readonly series: UsageSeries; readonly view: UsageView }) {
  const texts = useTexts(chartTexts);
  const { number } = useFormats();
  const Steps = VIEW[view];
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack gap="sm">
        <Group gap="xl" component="dl" m={0}>
          {(['accepted', 'refused'] as const).map((name) => (
            <div key={name}>
              <Text component="dt" size="sm" c="dimmed">
                {texts[name]}
              </Text>
              <Text component="dd" m={0} size="xl" fw={650}>
                {number(series[name])}
              </Text>
            </div>
          ))}
        </Group>
        <Steps series={series} />
      </Stack>
    </Paper>
  );
}

function Chart({ series }: { readonly series: UsageSeries }) {
  const { keys } = useTexts(chartTexts);
  return (
    <>
      <Suspense fallback={<Skeleton height={HEIGHT} />}>
        <UsageChart series={series} height={HEIGHT} />
      </Suspense>
      <Text size="xs" c="dimmed">
        {keys}
      </Text>
    </>
  );
}

/** The same as numbers, newest first. */
function Points({ series: { points, step } }: { readonly series: UsageSeries }) {
  const texts = useTexts(chartTexts);
  const { long } = useBucketFormat(step);
  const rows = points.toReversed().map(({ at, ...counts }) => ({ ...counts, key: at, name: long(at) }));
  return <CountsTable {...{ label: texts.chart, head: texts.begins, rows, tall: true }} />;
}
