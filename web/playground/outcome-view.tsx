import { Alert, Badge, Group, Stack, Text, Title } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { BaseLines } from '../debugger/base-lines.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { firstDifferingLine, lineOfReason } from '../ui/broken-line.ts';
import { Empty } from '../ui/empty.tsx';
import { SignatureSeal } from '../ui/signature-seal.tsx';
import type { CallAnswer, PlaygroundOutcome } from './call.ts';
import { AnswerView, HttpMessage, RequestView } from './message-view.tsx';
import { RefusalView } from './refusal-view.tsx';
import { playgroundTexts } from './texts.ts';

/** What was signed, sent and answered. */
export function OutcomeView({ outcome }: { readonly outcome: PlaygroundOutcome | undefined }) {
  const texts = useTexts(playgroundTexts);
  if (!outcome) return <Empty title={texts.answer}>{texts.waiting}</Empty>;
  const { sent, base, answer, first } = outcome;
  const signature = sent.headers.find(([name]) => name === 'x-signature')?.[1];
  const arrived = answer.refusal?.data.debug?.base;
  return (
    <Stack gap="lg" aria-live="polite">
      <Part title={texts.answer}>
        <Group gap="lg" wrap="nowrap">
          {base !== null && <SignatureSeal key={signature} {...sealOf(base, answer)} size={72} />}
          <StatusLine answer={answer} />
        </Group>
        {first && (
          <Text size="sm">
            {texts.first} <b>{first.status}</b>
          </Text>
        )}
        {answer.refusal && <RefusalView refusal={answer.refusal} />}
        <AnswerView answer={answer} />
      </Part>
      {base === null ? (
        <Alert color="gray">{texts.unsignedBase}</Alert>
      ) : (
        <Part title={arrived === undefined ? texts.steps.base : texts.compared}>
          {arrived === base && <Text size="sm">{texts.alikeBases}</Text>}
          <BaseLines
            base={base}
            {...(arrived === undefined ? {} : { other: { base: arrived, named: texts.compareNames } })}
          />
        </Part>
      )}
      {signature !== undefined && (
        <Part title={texts.steps.signature}>
          <HttpMessage name={texts.steps.signature}>{`x-signature: ${signature}`}</HttpMessage>
        </Part>
      )}
      <Part title={texts.steps.request}>
        <RequestView sent={sent} />
        <Text size="xs" c="dimmed">
          {texts.hidden}
        </Text>
      </Part>
    </Stack>
  );
}

function sealOf(base: string, { status, refusal }: CallAnswer): ComponentProps<typeof SignatureSeal> {
  if (!refusal) return { state: status >= 200 && status < 300 ? 'accepted' : 'open' };
  const { reason, debug } = refusal.data;
  const line = debug?.base === undefined ? null : firstDifferingLine(base, debug.base);
  return { state: 'refused', line: line ?? lineOfReason(reason) };
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <Stack component="section" gap="xs">
      <Title order={2} size="h5">
        {title}
      </Title>
      {children}
    </Stack>
  );
}

function StatusLine({ answer: { status, took } }: { readonly answer: CallAnswer }) {
  const texts = useTexts(playgroundTexts);
  const { number } = useFormats();
  return (
    <Group gap="sm">
      <Badge size="lg" variant="outline" color={status >= 200 && status < 300 ? 'seal' : 'red'}>
        {status === 0 ? texts.redirect : status}
      </Badge>
      <Text size="sm">
        {texts.took} {texts.milliseconds(number(Math.round(took)))}
      </Text>
    </Group>
  );
}
