import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';
import type { UsageSeries } from '../charts/ranges.ts';
import { chartTexts } from '../charts/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import type { OpenBucket } from './calls-of.ts';
import { useBucketFormat } from './use-bucket-format.ts';

/** Pixels of a chart in which more than three numbers of the scale would overlap. */
const LOW = 200;

interface UsageChartProps {
  readonly series: UsageSeries;
  /** In pixels. */
  readonly height: number;
  readonly open: OpenBucket;
}

/** How many calls of each bucket were accepted and refused. The arrow keys move along it as a pointer does. */
export default function UsageChart({ series: { points, step }, height, open }: UsageChartProps) {
  const texts = useTexts(chartTexts);
  const formats = useFormats();
  const at = useBucketFormat(step);
  return (
    <BarChart
      h={height}
      data={[...points]}
      dataKey="at"
      type="stacked"
      series={[
        { name: 'accepted', label: texts.accepted, color: 'var(--ks-accepted)' },
        { name: 'refused', label: texts.refused, color: 'var(--ks-refused)' },
      ]}
      valueFormatter={formats.number}
      xAxisProps={{ tickFormatter: at.short, minTickGap: 16, interval: 'equidistantPreserveStart' }}
      yAxisProps={{ allowDecimals: false, width: 48, tickCount: height < LOW ? 3 : 5 }}
      tooltipProps={{ labelFormatter: (label) => (typeof label === 'string' ? at.long(label) : '') }}
      barChartProps={{
        title: texts.chart,
        desc: texts.keys,
        style: { cursor: 'pointer' },
        // Anywhere in the column of a bar, since a bar may be a pixel high.
        onClick: ({ activeLabel }) => open(String(activeLabel ?? ''))?.(),
      }}
    />
  );
}
