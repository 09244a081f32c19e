import type { CsvSource } from '../csv/use-csv-export.ts';
import type { RangeName, Span, UsageSeries } from './ranges.ts';
import { spanOf } from './ranges.ts';

/** The calls of a range, one row for each minute, hour or day, in UTC. */
export const usageCsv = (range: RangeName, ask: (span: Span) => Promise<UsageSeries>): CsvSource => ({
  name: `keyseal-usage-${range}.csv`,
  head: ['from', 'accepted', 'refused'],
  read: async () => {
    const { points } = await ask(spanOf(range, Date.now()));
    return { rows: points.map(({ at, accepted, refused }) => [at, accepted, refused]), next: null };
  },
});
