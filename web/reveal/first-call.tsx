import { Alert, Code, Loader, Stack, Text } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { ErrorHelpText, useErrorHelp } from '../ui/error-help.tsx';
import { shellTexts } from '../ui/texts.ts';
import type { Revealed } from './revealed.ts';
import { revealTexts } from './texts.ts';
import { type FirstCallState, useFirstCall } from './use-first-call.ts';

/** Waits for the first call of a key, and shows how to fix each refusal before it. */
export function FirstCall({ revealed }: { readonly revealed: Revealed }) {
  const texts = useTexts(revealTexts);
  const heard = useFirstCall(revealed.key);
  return (
    <Alert
      role="status"
      color={heard.arrived ? 'green' : 'gray'}
      icon={heard.arrived ? <Tick /> : <Loader size="xs" aria-hidden />}
      data-arrived={heard.arrived}
    >
      <Stack gap="xs">
        <Text size="sm" fw={600}>
          {heard.arrived ? texts.arrived : texts.waiting}
        </Text>
        {!heard.arrived && !heard.listening && <Text size="sm">{texts.reconnecting}</Text>}
        {heard.call && <Facts call={heard.call} />}
        {heard.refused && <Refused call={heard.refused} />}
      </Stack>
    </Alert>
  );
}

type TailedCall = NonNullable<FirstCallState['call']>;

/** Procedure, time and address of a call. */
function Facts({ call: { procedure, at, address } }: { readonly call: TailedCall }) {
  const texts = useTexts(revealTexts);
  const { time } = useFormats();
  return (
    <Text size="sm">
      <Code>{procedure}</Code> · {time(at)}
      {address && ` · ${texts.from(address)}`}
    </Text>
  );
}

function Refused({ call }: { readonly call: TailedCall }) {
  const texts = useTexts(revealTexts);
  const { reason, requestId } = useTexts(shellTexts);
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
        {reason} <Code>{call.outcome}</Code> · {requestId} <Code>{call.requestId}</Code>
      </Text>
    </Stack>
  );
}

function Tick() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" stroke="currentColor" strokeWidth="2.2" />
    </svg>
  );
}
