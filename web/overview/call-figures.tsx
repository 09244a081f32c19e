import { Paper } from '@mantine/core';
import { Figure, Figures } from '../charts/figures.tsx';
import { Legend } from '../charts/legend.tsx';
import { refusalRate } from '../charts/refusal-rate.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { HourBars } from './hour-bars.tsx';
import classes from './overview.module.css';
import { safetyOf } from './safety.ts';
import { overviewTexts } from './texts.ts';
import type { ActiveKeys } from './use-active-keys.ts';
import type { CallsOfTwoDays } from './use-recent-calls.ts';

interface CallFiguresProps {
  readonly calls: CallsOfTwoDays;
  /** Undefined if the reader may not see keys. */
  readonly active: ActiveKeys | undefined;
}

/** Calls, refusal rate and keys about to expire, as figures above the calls of each hour. */
export function CallFigures({ calls: { day, before }, active }: CallFiguresProps) {
  const texts = useTexts(overviewTexts);
  const { dateTime, number, percent } = useFormats();
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
      {day.accepted + day.refused > 0 && (
        <>
          <HourBars points={day.points} />
          <div className={classes.legend}>
            <Legend>{day.points[0] && texts.since(dateTime(day.points[0].at))}</Legend>
          </div>
        </>
      )}
    </Paper>
  );
}
