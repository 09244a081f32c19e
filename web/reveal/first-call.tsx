import { Code, Paper, Stack, Text } from '@mantine/core';
import type { ComponentProps } from 'react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ErrorHelpText, useErrorHelp } from '../ui/feedback/error-help.tsx';
import { feedbackTexts } from '../ui/feedback/texts.ts';
import { RequestLink } from '../ui/signature/request-link.tsx';
import { lineOfReason } from '../ui/signature/signature-base-line.ts';
import { SignatureSeal } from '../ui/signature/signature-seal.tsx';
import classes from './first-call.module.css';
import { awaitedCallOf, type Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';
import { type FirstCallState, useFirstCall } from './use-first-call.ts';

/**
 * Waits for the first call of a key, and shows how to fix each refusal before it. The seal and its line stay in view while the
 * dialog scrolls.
 */
export function FirstCall({ revealed }: { readonly revealed: Revealed }) {
  const texts = useTexts(revealTexts);
  const { arrived, waiting } = texts[awaitedCallOf(revealed)];
  const firstCall = useFirstCall(revealed.key);
  return (
    <div role="status" className={classes.status}>
      <Paper withBorder p="md" className={classes.wait} data-arrived={firstCall.arrived}>
        <SignatureSeal {...sealOf(firstCall)} size={88} />
        <Stack gap={4} miw={0}>
          <Text fw={600} c={firstCall.arrived ? 'var(--ks-accepted)' : 'var(--ks-heading)'}>
            {firstCall.arrived ? arrived : waiting}
          </Text>
          {!firstCall.arrived && !firstCall.listening && <Text size="sm">{texts.reconnecting}</Text>}
          {firstCall.byPrevious && !firstCall.arrived && <Text size="sm">{texts.byPrevious}</Text>}
          {firstCall.call && <Facts call={firstCall.call} />}
        </Stack>
      </Paper>
      {firstCall.refused && <Refused call={firstCall.refused} />}
    </div>
  );
}

function sealOf({ arrived, refused }: FirstCallState): ComponentProps<typeof SignatureSeal> {
  if (arrived) return { state: 'accepted' };
  return refused ? { state: 'refused', line: lineOfReason(refused.outcome) } : { state: 'open' };
}

type TailedCall = NonNullable<FirstCallState['call']>;

/** Procedure, time and IP address of a call. */
function Facts({ call: { procedure, at, address } }: { readonly call: TailedCall }) {
  const texts = useTexts(revealTexts);
  const { dateTimeSeconds } = useFormats();
  return (
    <Text size="sm">
      <Code>{procedure}</Code> · {dateTimeSeconds(at)}
      {address && ` · ${texts.from(address)}`}
    </Text>
  );
}

function Refused({ call }: { readonly call: TailedCall }) {
  const texts = useTexts(revealTexts);
  const { reason, requestId } = useTexts(feedbackTexts);
  const lesson = useErrorHelp(call.outcome);
  return (
    <Stack gap={4}>
      <Text size="sm" fw={600}>
        {texts.refused}
      </Text>
      {lesson && (
        <Text size="sm">
          <ErrorHelpText text={lesson.happened} /> <ErrorHelpText text={lesson.fix} />
        </Text>
      )}
      <Facts call={call} />
      <Text size="xs">
        {reason} <Code>{call.outcome}</Code> · {requestId} <RequestLink id={call.requestId} />
      </Text>
    </Stack>
  );
}
