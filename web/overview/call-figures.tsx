import { Paper, SimpleGrid, Text } from '@mantine/core';
import { refusalRate } from '../charts/refusal-rate.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Figure } from './figure.tsx';
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
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing={0} component="dl" m={0}>
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
      </SimpleGrid>
      {day.accepted + day.refused > 0 && (
        <>
          <HourBars points={day.points} />
          <Text size="xs" className={classes.legend}>
            <i data-of="accepted" /> {texts.accepted} <i data-of="refused" /> {texts.refused}
            {day.points[0] && <span>{texts.since(dateTime(day.points[0].at))}</span>}
          </Text>
        </>
      )}
    </Paper>
  );
}
