import { Paper, SegmentedControl, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { MINUTE_MS } from '../../shared/durations.ts';
import type { Environment } from '../../shared/key-format.ts';
import { api } from '../api/service.ts';
import { RANGE_NAMES, type RangeName } from '../charts/range-names.ts';
import type { Span, UsageSeries } from '../charts/ranges.ts';
import { chartTexts } from '../charts/texts.ts';
import { CsvExport } from '../csv/csv-export.tsx';
import { useTexts } from '../language/language.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { feedbackTexts } from '../ui/feedback/texts.ts';
import { CHART_HEIGHT } from './calls-chart.tsx';
import { useOpenBucket } from './calls-of.ts';
import { DaysForm } from './days-form.tsx';
import { OverTime } from './over-time.tsx';
import { type Days, type Period, periodOf } from './period.ts';
import { ProcedureFilter } from './procedure-filter.tsx';
import { usageCsv } from './usage-csv.ts';
import classes from './usage-panel.module.css';
import type { UsageSearch } from './usage-search.ts';

interface UsagePanelProps<U extends UsageSeries> {
  /** The subject of the calls: the id of a key, or of a workspace. */
  readonly subject: string;
  /** The only key whose calls are shown; undefined for those of all. */
  readonly onlyKey?: string | undefined;
  /** The environment of the only keys; undefined for both. */
  readonly onlyEnvironment?: Environment | undefined;
  readonly query: (span: Span & Pick<UsageSearch, 'procedure'>) => Promise<U>;
  readonly search: UsageSearch;
  readonly onSearch: (search: UsageSearch) => void;
  /** Chooses whose calls are shown. */
  readonly filter?: ReactNode;
  /** Shown if there were no calls. */
  readonly emptyState: ReactNode;
  /** Shown next to the sums of each bucket. */
  readonly children: (usage: U) => ReactNode;
}

/** How often the sums are fetched again, in milliseconds. */
const REFETCH_MS = 10_000;
/** How long the sums of the period before are used: they change only as the period moves. */
const BEFORE_MS = MINUTE_MS;

/** How calls ended over a range that the reader chooses, as a chart or as a table. */
export function UsagePanel<U extends UsageSeries>(props: UsagePanelProps<U>) {
  const { subject, onlyKey, onlyEnvironment, search, onSearch, filter, emptyState, children } = props;
  const { range = '24h', view = 'chart', procedure } = search;
  const query = (span: Span) => props.query({ ...span, ...(procedure === undefined ? {} : { procedure }) });
  const counted = `${subject} ${procedure ?? ''}`;
  const period = periodOf(search, Date.now());
  const [{ data, error, refetch, isPlaceholderData }, before] = useCounts(counted, period, query);
  const calls = { key: onlyKey, environment: onlyEnvironment, procedure };
  const open = useOpenBucket(data?.step ?? 'hour', calls, onSearch);
  return (
    <Stack gap="lg">
      <Choices
        range={range}
        period={period}
        onChoose={onSearch}
        end={
          data && (
            <CsvExport key={`${counted} ${period.name}`} source={usageCsv(period, onlyEnvironment, query)} />
          )
        }
      >
        {filter}
        <ProcedureFilter
          key={subject}
          chosen={procedure}
          series={isPlaceholderData ? undefined : data}
          onChoose={(chosen) => onSearch({ procedure: chosen })}
        />
      </Choices>
      <Failed error={error} retry={refetch} />
      {!data && !error && <LoadingCalls />}
      {data && (
        <Stack gap="lg" aria-busy={isPlaceholderData}>
          {data.accepted + data.refused === 0 ? (
            emptyState
          ) : (
            <OverTime
              series={data}
              before={before}
              view={view}
              onView={(view) => onSearch({ view })}
              open={open}
            />
          )}
          {children(data)}
        </Stack>
      )}
    </Stack>
  );
}

/** The counts of a period, fetched again and again, and those of the period before. @param counted what they are of */
function useCounts<U extends UsageSeries>(
  counted: string,
  period: Period,
  query: (span: Span) => Promise<U>,
) {
  const key = [...api.usage.pathKey(), counted, period.name];
  const counts = useQuery({
    queryKey: key,
    queryFn: () => query(period.span(Date.now())),
    refetchInterval: REFETCH_MS,
    staleTime: 0,
    placeholderData: keepPreviousData,
  });
  const before = useQuery({
    queryKey: [...key, 'before'],
    queryFn: () => query(period.before(Date.now())),
    staleTime: BEFORE_MS,
  }).data;
  return [counts, before] as const;
}

interface ChoicesProps {
  readonly range: RangeName | 'days';
  readonly period: Period;
  readonly onChoose: (search: UsageSearch) => void;
  /** Filters. */
  readonly children: ReactNode;
  /** After the filters. */
  readonly end: ReactNode;
}

const NO_DAYS = { from: undefined, to: undefined };

function Choices({ range, period: { days }, onChoose, children, end }: ChoicesProps) {
  const texts = useTexts(chartTexts);
  const ranges = [...RANGE_NAMES.map((name) => ({ value: name, label: texts.ranges[name] }))];
  return (
    <Stack gap="xs">
      <div className={classes.choices}>
        <SegmentedControl
          size="xs"
          aria-label={texts.range}
          value={range}
          onChange={(range) => onChoose({ range: range as RangeName | 'days', ...NO_DAYS })}
          data={[...ranges, { value: 'days', label: texts.ranges.days }]}
        />
        <div className={classes.filters}>{children}</div>
        {end}
      </div>
      {days && (
        <DaysForm
          key={`${days.from} ${days.to}`}
          days={days}
          onChoose={(chosen: Days) => onChoose({ range: 'days', ...chosen })}
        />
      )}
      <Text size="xs" c="dimmed">
        {texts.steps[range]}
      </Text>
    </Stack>
  );
}

/** The outlines of the figures and of the chart. */
function LoadingCalls() {
  const { loading } = useTexts(feedbackTexts);
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }} role="status" aria-busy="true">
      <VisuallyHidden>{loading}</VisuallyHidden>
      <Stack gap="lg">
        <Skeleton height={64} maw="40rem" />
        <Skeleton height={CHART_HEIGHT} />
      </Stack>
    </Paper>
  );
}

/** Shown if there were no calls in the range. */
export function NoCalls({ children }: { readonly children?: ReactNode }) {
  const { noCalls, noCallsMore } = useTexts(chartTexts);
  return (
    <Empty title={noCalls} isList>
      <Text c="dimmed">{noCallsMore}</Text>
      {children}
    </Empty>
  );
}
