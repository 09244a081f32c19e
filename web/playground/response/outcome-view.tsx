import { Alert, Badge, Group, Stack, Text, Title } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { BaseLines } from '../../debugger/base-lines.tsx';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { Empty } from '../../ui/feedback/empty.tsx';
import { firstDifferingLine, lineOfReason } from '../../ui/signature/signature-base-line.ts';
import { SignatureSeal } from '../../ui/signature/signature-seal.tsx';
import type { CallResponse, PlaygroundOutcome } from '../call.ts';
import { playgroundTexts } from '../texts.ts';
import { maskBase } from './mask-header.ts';
import { HttpMessage, RequestView, ResponseView } from './message-view.tsx';
import { RefusalView } from './refusal-view.tsx';

/** The headers of a signature, in either form. */
const SIGNATURES = /^(?:x-signature|signature|signature-input)$/;

/** What was signed, sent and answered. */
export function OutcomeView({ outcome }: { readonly outcome: PlaygroundOutcome | undefined }) {
  const texts = useTexts(playgroundTexts);
  if (!outcome) return <NoOutcome />;
  const { sent, response, first } = outcome;
  const base = outcome.base && maskBase(outcome.base);
  const signature = sent.headers.filter(([name]) => SIGNATURES.test(name));
  const received = response.refusal?.data.debug?.base;
  const arrived = received === undefined ? undefined : maskBase(received);
  return (
    <Stack gap="lg" aria-live="polite">
      <Part title={texts.response}>
        <Group gap="lg" wrap="nowrap">
          {base !== null && <SignatureSeal key={signature.join()} {...sealOf(base, response)} size={72} />}
          <StatusLine response={response} />
        </Group>
        {first && (
          <Text size="sm">
            {texts.first} <b>{first.status}</b>
          </Text>
        )}
        {response.refusal && <RefusalView refusal={response.refusal} />}
        <ResponseView response={response} />
      </Part>
      {base === null ? (
        <Alert color="gray">{texts.unsignedBase}</Alert>
      ) : (
        <Part title={arrived === undefined ? texts.steps.base : texts.compared}>
          {received === outcome.base && <Text size="sm">{texts.alikeBases}</Text>}
          <BaseLines
            base={base}
            {...(arrived === undefined ? {} : { other: { base: arrived, named: texts.compareNames } })}
          />
        </Part>
      )}
      {signature.length > 0 && (
        <Part title={texts.steps.signature}>
          <HttpMessage name={texts.steps.signature}>
            {signature.map(([name, value]) => `${name}: ${value}`).join('\n')}
          </HttpMessage>
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

/** The place of the response, before a call. */
function NoOutcome() {
  const texts = useTexts(playgroundTexts);
  return (
    <Empty title={texts.response}>
      <SignatureSeal state="open" size={96} />
      <Text c="dimmed">{texts.waiting}</Text>
    </Empty>
  );
}

function sealOf(base: string, { status, refusal }: CallResponse): ComponentProps<typeof SignatureSeal> {
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

function StatusLine({ response: { status, took } }: { readonly response: CallResponse }) {
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
