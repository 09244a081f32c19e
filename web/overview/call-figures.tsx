import { Paper, Stack } from '@mantine/core';
import { Figure, Figures } from '../charts/figures.tsx';
import { Legend } from '../charts/legend.tsx';
import { refusalRate } from '../charts/refusal-rate.ts';
import { safetyOf } from '../key-model/safety.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { CallsChart } from '../usage/calls-chart.tsx';
import { useOpenBucket } from '../usage/calls-of.ts';
import classes from './overview.module.css';
import { overviewTexts } from './texts.ts';
import type { ActiveKeys } from './use-active-keys.ts';
import type { CallsOfTwoDays } from './use-recent-calls.ts';

/** Of the chart, in pixels. */
const HEIGHT = 180;

interface CallFiguresProps {
  readonly calls: CallsOfTwoDays;
  /** Undefined if the reader may not see keys. */
  readonly active: ActiveKeys | undefined;
}

/** Calls, refusal rate and keys about to expire, as figures above the calls of each hour. */
export function CallFigures({ calls: { day, before }, active }: CallFiguresProps) {
  const texts = useTexts(overviewTexts);
  const { dateTime, number, percent } = useFormats();
  // Each bar is an hour of the request log.
  const open = useOpenBucket(day.step, {}, () => {});
  const rate = refusalRate(day);
  const rateBefore = refusalRate(before);
  return (
    <Paper withBorder className={classes.figures}>
      <Figures columns={active ? 4 : 3}>
        <Figure name={texts.calls} value={number(day.accepted + day.refused)} more={texts.lastDay} />
        <Figure
          name={texts.refused}
          value={number(day.refused)}
          more={texts.lastDay}
          isBad={day.refused > 0}
        />
        <Figure
          name={texts.rate}
          value={rate === null ? '–' : percent(rate)}
          more={rateBefore === null ? texts.noneBefore : texts.ofBefore(percent(rateBefore))}
        />
        {active && (
          <Figure
            name={texts.expiring}
            value={number(safetyOf(active.keys, Date.now()).expiring.length)}
            more={texts.within}
          />
        )}
      </Figures>
      {day.points.some(({ accepted, refused }) => accepted + refused > 0) && (
        <Stack
          component="section"
          gap="sm"
          p={{ base: 'md', sm: 'lg' }}
          aria-label={texts.hours(number(day.accepted + day.refused))}
        >
          <Legend>{day.points[0] && texts.since(dateTime(day.points[0].at))}</Legend>
          <CallsChart series={day} open={open} height={HEIGHT} hint={texts.hint} />
        </Stack>
      )}
    </Paper>
  );
}
