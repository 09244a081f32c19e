import { Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
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
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {texts.latency}
        </Title>
        <SimpleGrid
          cols={{ base: 2, xs: 3 }}
          spacing="lg"
          verticalSpacing="sm"
          component="dl"
          m={0}
          maw="40rem"
        >
          {PERCENTILES.map((name) => (
            <div key={name}>
              <Text component="dt" size="xs" c="dimmed">
                {texts.percentiles[name]}
              </Text>
              <Text component="dd" m={0} fw={600}>
                {texts.milliseconds(number(latency[name]))}
              </Text>
            </div>
          ))}
        </SimpleGrid>
        <Text size="xs" c="dimmed">
          {texts.latencyMore}
        </Text>
      </Stack>
    </Paper>
  );
}
