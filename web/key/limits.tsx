import { Paper, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import type { ConsoleKey } from '../key-model/key.ts';
import { type Formats, useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Gauge } from './gauge.tsx';
import { nextRefill } from './next-refill.ts';
import { keyTexts } from './texts.ts';
import type { RemainingCalls } from './use-remaining-calls.ts';

interface CardProps {
  readonly order?: 2 | 3;
  /** What leads to a change of them. */
  readonly change?: ReactNode;
}

interface LimitsProps extends CardProps {
  readonly limits: ConsoleKey['limits'];
  readonly left: RemainingCalls;
  /** The prefix of their names in the service's report. */
  readonly prefix?: 'owner.' | '';
}

/** How many calls are allowed in which time, how many remain, and when the next becomes free. */
export function LimitsCard({ limits, left, prefix = '', ...card }: LimitsProps) {
  const texts = useTexts(keyTexts);
  return (
    <GaugeCard title={texts.limits} {...card}>
      {limits.length === 0 && <Text c="dimmed">{texts.noLimits}</Text>}
      {limits.map((limit) => (
        <LimitGauge key={limit.name} limit={limit} left={left.get(`${prefix}${limit.name}`)} />
      ))}
    </GaugeCard>
  );
}

interface LimitGaugeProps {
  readonly limit: ConsoleKey['limits'][number];
  readonly left: ReturnType<RemainingCalls['get']>;
}

function LimitGauge({ limit: { name, limit, windowSeconds }, left }: LimitGaugeProps) {
  const texts = useTexts(keyTexts);
  const { number, fromNow } = useFormats();
  const bound = texts.limit(number(limit), texts.seconds(windowSeconds, number));
  if (!left) return <Gauge name={name} label={texts.leftOf(name)} left={0} value="" more={bound} />;
  const isUsed = left.remaining < limit && Date.parse(left.resetAt) > Date.now();
  return (
    <Gauge
      name={name}
      label={texts.leftOf(name)}
      left={left.remaining}
      full={limit}
      value={texts.left(number(left.remaining))}
      more={isUsed ? `${bound}. ${texts.nextFree(fromNow(left.resetAt))}` : bound}
    />
  );
}

interface CreditsProps extends CardProps {
  readonly credits: ConsoleKey['credits'];
}

/** The remaining credits, and when they are refilled. */
export function CreditsCard({ credits, ...card }: CreditsProps) {
  const texts = useTexts(keyTexts);
  const formats = useFormats();
  return (
    <GaugeCard title={texts.credits} {...card}>
      {!credits && <Text c="dimmed">{texts.noCredits}</Text>}
      {credits && (
        <Gauge
          label={texts.leftOf(texts.credits)}
          left={credits.remaining}
          full={credits.refill?.amount}
          value={`${formats.number(credits.remaining)} ${texts.remaining}`}
          more={refillOf(credits, texts, formats)}
        />
      )}
    </GaugeCard>
  );
}

function refillOf(
  { refill }: NonNullable<ConsoleKey['credits']>,
  texts: (typeof keyTexts)['en'],
  { number, dateTime }: Formats,
): string {
  if (!refill) return texts.noRefill;
  return texts.refill(number(refill.amount), dateTime(nextRefill(refill.every, Date.now())));
}

interface GaugeCardProps extends CardProps {
  readonly title: string;
  readonly children: ReactNode;
}

function GaugeCard({ title, order = 2, change, children }: GaugeCardProps) {
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack gap="md">
        <Title order={order} size="h5">
          {title}
        </Title>
        {children}
        {change}
      </Stack>
    </Paper>
  );
}
