import { Group, Text } from '@mantine/core';
import { keysTexts } from '../key-model/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import classes from './sparkline.module.css';
import type { UsageOfKey } from './use-keys-usage.ts';

/** Pixels: of a bar with its gap, and of the highest bar. */
const STEP = 8;
const HEIGHT = 20;

/** The calls of each day as a bar, with the refused ones at its top. */
export function Sparkline({ usage: { accepted, refused, points } }: { readonly usage: UsageOfKey }) {
  const texts = useTexts(keysTexts);
  const { number } = useFormats();
  const calls = accepted + refused;
  const most = Math.max(1, ...points.map((point) => point.accepted + point.refused));
  return (
    <Group gap="xs" wrap="nowrap">
      <svg
        role="img"
        aria-label={texts.use(calls, number(calls), refused, number(refused))}
        width={points.length * STEP}
        height={HEIGHT + 1}
        className={classes.sparkline}
      >
        <rect className={classes.ground} y={HEIGHT} width="100%" height={1} />
        {points.map(({ at, ...point }, day) => {
          const [passed, denied] = [point.accepted, point.refused].map(
            (count) => (count / most) * HEIGHT,
          ) as [number, number];
          const bar = { x: day * STEP, width: STEP - 2 };
          return (
            <g key={at}>
              <rect className={classes.accepted} {...bar} y={HEIGHT - passed} height={passed} />
              <rect className={classes.refused} {...bar} y={HEIGHT - passed - denied} height={denied} />
            </g>
          );
        })}
      </svg>
      <Text size="xs" c="dimmed" aria-hidden="true">
        {number(calls)}
      </Text>
    </Group>
  );
}
