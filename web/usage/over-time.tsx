import { Anchor, Paper, SimpleGrid, Skeleton, Stack, Text } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { CountsTable } from '../charts/counts-table.tsx';
import type { UsageSeries } from '../charts/ranges.ts';
import { refusalRate } from '../charts/refusal-rate.ts';
import { chartTexts } from '../charts/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import type { OpenBucket } from './calls-of.ts';
import type { UsageView } from './usage-search.ts';
import { useBucketFormat } from './use-bucket-format.ts';

/** The chart library is large, so it loads only when there is something to draw. */
const UsageChart = lazy(() => import('./usage-chart.tsx'));

/** Height in pixels of the chart and of its placeholder. */
const HEIGHT = 280;

const VIEW = { chart: Chart, table: Points } as const;

interface OverTimeProps {
  readonly series: UsageSeries;
  /** The sums of the period before; undefined while they load. */
  readonly before: Counts | undefined;
  readonly view: UsageView;
  /** Opens the calls of a bucket. */
  readonly open: OpenBucket;
}

type Counts = Pick<UsageSeries, 'accepted' | 'refused'>;

/** The sums of a range, and of each of its buckets. */
export function OverTime({ series, before, view, open }: OverTimeProps) {
  const Steps = VIEW[view];
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack gap="sm">
        <Sums series={series} before={before} />
        <Steps series={series} open={open} />
      </Stack>
    </Paper>
  );
}

/** Calls, refusals and their share, each compared with the period before. */
function Sums({ series, before }: Pick<OverTimeProps, 'series' | 'before'>) {
  const texts = useTexts(chartTexts);
  const { number, percent } = useFormats();
  const rateBefore = before && refusalRate(before);
  const changeOf = (name: keyof Counts) => {
    if (!before) return '';
    const change = before[name] === 0 ? null : series[name] / before[name] - 1;
    return change === null ? texts.noneBefore : texts.change(`${change > 0 ? '+' : ''}${percent(change)}`);
  };
  const sums = [
    [texts.accepted, number(series.accepted), changeOf('accepted')],
    [texts.refused, number(series.refused), changeOf('refused')],
    [
      texts.rate,
      percent(refusalRate(series) ?? 0),
      typeof rateBefore === 'number' ? texts.rateBefore(percent(rateBefore)) : '',
    ],
  ] as const;
  return (
    <SimpleGrid cols={{ base: 2, xs: 3 }} spacing="lg" component="dl" m={0} maw="40rem">
      {sums.map(([name, value, more]) => (
        <div key={name}>
          <Text component="dt" size="sm" c="dimmed">
            {name}
          </Text>
          <Text component="dd" m={0} size="xl" fw={600} lh={1.25} c="var(--ks-heading)">
            {value}
          </Text>
          <Text component="dd" m={0} size="xs" c="dimmed" mih="1.5em">
            {more}
          </Text>
        </div>
      ))}
    </SimpleGrid>
  );
}

type StepsProps = Pick<OverTimeProps, 'series' | 'open'>;

function Chart({ series, open }: StepsProps) {
  const { keys } = useTexts(chartTexts);
  return (
    <>
      <Suspense fallback={<Skeleton height={HEIGHT} />}>
        <UsageChart series={series} height={HEIGHT} open={open} />
      </Suspense>
      <Text size="xs" c="dimmed">
        {keys}
      </Text>
    </>
  );
}

/** The same as numbers, newest first. */
function Points({ series: { points, step }, open }: StepsProps) {
  const texts = useTexts(chartTexts);
  const { long } = useBucketFormat(step);
  const rows = points.toReversed().map(({ at, ...counts }) => ({
    ...counts,
    key: at,
    name: <Bucket name={long(at)} open={counts.accepted + counts.refused > 0 ? open(at) : null} />,
  }));
  return <CountsTable label={texts.chart} head={texts.begins} rows={rows} tall />;
}

interface BucketProps {
  readonly name: string;
  /** Null if there is nothing more to see. */
  readonly open: (() => void) | null;
}

const Bucket = ({ name, open }: BucketProps) =>
  open === null ? (
    name
  ) : (
    <Anchor component="button" type="button" size="sm" onClick={open}>
      {name}
    </Anchor>
  );
