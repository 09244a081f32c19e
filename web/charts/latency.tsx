import { Paper, Text, Title } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import classes from './latency.module.css';
import { chartTexts } from './texts.ts';

const PERCENTILES = ['p50', 'p95', 'p99'] as const;

interface LatencyProps {
  /** Milliseconds; null if no call was accepted. */
  readonly latency: Readonly<Record<(typeof PERCENTILES)[number], number>> | null;
}

/** How long the accepted calls of a range took. */
export function Latency({ latency }: LatencyProps) {
  const texts = useTexts(chartTexts);
  const { number } = useFormats();
  if (latency === null) return null;
  return (
    <Paper withBorder component="section" className={classes.latency} p={{ base: 'md', sm: 'lg' }}>
      <div>
        <Title order={2} size="h5">
          {texts.latency}
        </Title>
        <Text size="xs" c="dimmed" mt={4} maw="26rem" style={{ textWrap: 'balance' }}>
          {texts.latencyMore}
        </Text>
      </div>
      <dl className={classes.values}>
        {PERCENTILES.map((name) => (
          <div key={name} className={classes.value}>
            <Text component="dt" size="xs" c="dimmed">
              {texts.percentiles[name]}
            </Text>
            <Text component="dd" m={0} size="lg" fw={600} lh={1.3} c="var(--ks-heading)">
              {texts.milliseconds(number(latency[name]))}
            </Text>
          </div>
        ))}
      </dl>
    </Paper>
  );
}
