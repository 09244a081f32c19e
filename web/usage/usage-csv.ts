import type { Environment } from '../../shared/key-format.ts';
import type { Span, UsageSeries } from '../charts/ranges.ts';
import type { CsvSource } from '../csv/use-csv-export.ts';
import type { Period } from './period.ts';

/** The calls of a period, one row for each minute, hour or day, in UTC. */
export const usageCsv = (
  period: Period,
  environment: Environment | undefined,
  ask: (span: Span) => Promise<UsageSeries>,
): CsvSource => ({
  name: `${['keyseal-usage', environment, period.name].filter(Boolean).join('-')}.csv`,
  head: ['from', 'accepted', 'refused'],
  read: async () => {
    const { points } = await ask(period.span(Date.now()));
    return { rows: points.map(({ at, accepted, refused }) => [at, accepted, refused]), next: null };
  },
});
