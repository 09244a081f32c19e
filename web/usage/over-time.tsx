import { Anchor, Group, Paper, SegmentedControl, Stack } from '@mantine/core';
import { CountsTable } from '../charts/counts-table.tsx';
import { Figure, Figures } from '../charts/figures.tsx';
import { Legend } from '../charts/legend.tsx';
import type { UsageSeries } from '../charts/ranges.ts';
import { refusalRate } from '../charts/refusal-rate.ts';
import { chartTexts } from '../charts/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { checkAnswer, SectionBoundary } from '../ui/feedback/section-boundary.tsx';
import { CallsChart } from './calls-chart.tsx';
import type { OpenBucket } from './calls-of.ts';
import { type UsageView, VIEWS } from './usage-search.ts';
import { useBucketFormat } from './use-bucket-format.ts';

const VIEW = { chart: CallsChart, table: Points } as const;

/** From this factor on, a percentage says less than the factor. */
const FACTOR = 2;

interface OverTimeProps {
  readonly series: UsageSeries;
  /** The sums of the period before; undefined while they load. */
  readonly before: Counts | undefined;
  readonly view: UsageView;
  readonly onView: (view: UsageView) => void;
  /** Opens the calls of a bucket. */
  readonly open: OpenBucket;
}

type Counts = Pick<UsageSeries, 'accepted' | 'refused'>;

/** The sums of a range, and of each of its buckets. */
export function OverTime({ series, before, view, onView, open }: OverTimeProps) {
  const texts = useTexts(chartTexts);
  const Steps = VIEW[view];
  return (
    <Paper withBorder>
      <SectionBoundary>
        <Sums series={series} before={before} />
        <Stack gap="sm" p={{ base: 'md', sm: 'lg' }}>
          <Group gap="xs">
            {view === 'chart' && <Legend />}
            <SegmentedControl
              size="xs"
              ms="auto"
              aria-label={texts.view}
              value={view}
              onChange={(view) => onView(view as UsageView)}
              data={VIEWS.map((name) => ({ value: name, label: texts.views[name] }))}
            />
          </Group>
          <Steps series={series} open={open} />
        </Stack>
      </SectionBoundary>
    </Paper>
  );
}

/** Calls, refusals and their share, each compared with the period before. */
function Sums({ series, before }: Pick<OverTimeProps, 'series' | 'before'>) {
  const texts = useTexts(chartTexts);
  const { number, percent } = useFormats();
  for (const counts of [series, before]) if (counts) checkAnswer(counts, ['accepted', 'refused']);
  const rateBefore = before && refusalRate(before);
  const changeOf = (name: keyof Counts) => {
    if (!before) return '';
    if (before[name] === 0) return texts.noneBefore;
    const factor = series[name] / before[name];
    if (factor >= FACTOR) return texts.factor(number(Math.round(factor * 10) / 10));
    return texts.change(`${factor > 1 ? '+' : ''}${percent(factor - 1)}`);
  };
  return (
    <Figures columns={3}>
      <Figure name={texts.accepted} value={number(series.accepted)} more={changeOf('accepted')} />
      <Figure
        name={texts.refused}
        value={number(series.refused)}
        more={changeOf('refused')}
        isBad={series.refused > 0}
      />
      <Figure
        name={texts.rate}
        value={percent(refusalRate(series) ?? 0)}
        more={typeof rateBefore === 'number' ? texts.rateBefore(percent(rateBefore)) : ''}
      />
    </Figures>
  );
}

type StepsProps = Pick<OverTimeProps, 'series' | 'open'>;

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
