import { Alert, Badge, Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { isStandardBase } from '../../../client/signing/compare-signature-bases.ts';
import { BaseLines } from '../../debugger/base-lines.tsx';
import { debuggerTexts } from '../../debugger/texts.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { Empty } from '../../ui/feedback/empty.tsx';
import { firstDifferingLine, lineOfReason } from '../../ui/signature/signature-base-line.ts';
import { SignatureSeal, sealLabel } from '../../ui/signature/signature-seal.tsx';
import { sealTexts } from '../../ui/signature/texts.ts';
import type { CallResponse, PlaygroundOutcome } from '../call.ts';
import { playgroundTexts } from '../texts.ts';
import { maskBase } from './mask-header.ts';
import { HttpMessage, RequestView, ResponseView } from './message-view.tsx';
import { RefusalView } from './refusal-view.tsx';

/** The headers of a signature, in either format. */
const SIGNATURES = /^(?:x-signature|signature|signature-input)$/;

/** What was signed, sent and returned. */
export function OutcomeView({ outcome }: { readonly outcome: PlaygroundOutcome | undefined }) {
  const texts = useTexts(playgroundTexts);
  if (!outcome) return <NoOutcome />;
  const { sent, response } = outcome;
  const signature = sent.headers.filter(([name]) => SIGNATURES.test(name));
  return (
    <Stack gap="lg" aria-live="polite">
      <Verdict outcome={outcome} seal={signature.join()} />
      {/* Of a refused call, the lines say more than the response. */}
      {response.refusal && <SignedLines outcome={outcome} />}
      <Part title={texts.arrived}>
        <ResponseView response={response} />
      </Part>
      {!response.refusal && <SignedLines outcome={outcome} />}
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

interface VerdictProps {
  readonly outcome: PlaygroundOutcome;
  /** What was signed: another signature closes another seal. */
  readonly seal: string;
}

/** The seal, the status, and why a call was refused. */
function Verdict({ outcome: { base, response, first }, seal }: VerdictProps) {
  const texts = useTexts(playgroundTexts);
  const sealWords = useTexts(sealTexts);
  const cause = useCause(base, response);
  const sealed = base === null ? null : sealOf(maskBase(base), response);
  return (
    <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
      <Stack component="section" gap="md">
        <Group gap="lg" wrap="nowrap" align="center">
          {sealed && <SignatureSeal key={seal} {...sealed} size={88} />}
          <Stack gap={6} miw={0}>
            <Title order={2} size="h5">
              {texts.response}
            </Title>
            <StatusLine response={response} />
            {sealed && (
              <Text size="sm" c="dimmed" aria-hidden>
                {sealLabel(sealed, sealWords)}
              </Text>
            )}
          </Stack>
        </Group>
        {first && (
          <Text size="sm">
            {texts.first} <b>{first.status}</b>
          </Text>
        )}
        {response.refusal && <RefusalView refusal={response.refusal} cause={cause} />}
      </Stack>
    </Paper>
  );
}

/** In words, what the line that differs is; null unless the service says what it received. */
function useCause(base: string | null, { refusal }: CallResponse): string | null {
  const texts = useTexts(playgroundTexts);
  const { names } = useTexts(debuggerTexts);
  const received = refusal?.data.debug?.base;
  if (base === null || received === undefined) return null;
  const line = firstDifferingLine(base, received);
  if (line === null) return texts.alikeBases;
  const [component] = /^"[^"]*"/.exec(received.split('\n')[line - 1] ?? '') ?? [];
  const name = isStandardBase(received) ? (component ?? '') : (names[line - 1] ?? '');
  return texts.lineDiffers(line, name);
}

/** The lines of the base, next to those that the service received if it says so. */
function SignedLines({ outcome: { base, response } }: { readonly outcome: PlaygroundOutcome }) {
  const texts = useTexts(playgroundTexts);
  if (base === null) return <Alert color="gray">{texts.unsignedBase}</Alert>;
  const received = response.refusal?.data.debug?.base;
  const arrived = received === undefined ? undefined : maskBase(received);
  return (
    <Part title={arrived === undefined ? texts.steps.base : texts.compared}>
      {received === base && <Text size="sm">{texts.alikeBases}</Text>}
      <BaseLines
        base={maskBase(base)}
        {...(arrived === undefined ? {} : { other: { base: arrived, named: texts.compareNames } })}
      />
    </Part>
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
