import type { UsageSeries } from '../charts/ranges.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import classes from './overview.module.css';
import { overviewTexts } from './texts.ts';

/** In the units of the picture: the width of an hour, and the height of the busiest. */
const [HOUR, HEIGHT] = [10, 48];

/** The calls of each hour as a bar, the refused ones at its top. */
export function HourBars({ points }: Pick<UsageSeries, 'points'>) {
  const { hours } = useTexts(overviewTexts);
  const { number } = useFormats();
  const calls = points.reduce((sum, { accepted, refused }) => sum + accepted + refused, 0);
  const most = Math.max(1, ...points.map(({ accepted, refused }) => accepted + refused));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * HEIGHT));
  return (
    <svg
      role="img"
      aria-label={hours(number(calls))}
      viewBox={`0 0 ${points.length * HOUR} ${HEIGHT + 4}`}
      preserveAspectRatio="none"
      className={classes.bars}
    >
      {points.map(({ at, accepted, refused }, hour) => {
        const bar = { x: hour * HOUR + 1.5, width: HOUR - 3 };
        const [acceptedHeight, refusedHeight] = [heightOf(accepted), heightOf(refused)];
        return (
          <g key={at}>
            <rect className={classes.ground} {...bar} y={HEIGHT + 2} height={1.5} />
            <rect className={classes.accepted} {...bar} y={HEIGHT - acceptedHeight} height={acceptedHeight} />
            <rect
              className={classes.refused}
              {...bar}
              y={HEIGHT - acceptedHeight - refusedHeight}
              height={refusedHeight}
            />
          </g>
        );
      })}
    </svg>
  );
}
