import { Alert, Anchor, Button, Code, Stack, Text } from '@mantine/core';
import { KeysealRefusal } from '../../../client/calls/refusal.ts';
import { useTexts } from '../../language/language.ts';
import { ErrorHelpText, useErrorHelp, useReferenceOf } from './error-help.tsx';
import { feedbackTexts } from './texts.ts';

interface FailedProps {
  /** The error of a call; null or undefined shows nothing. */
  readonly error: unknown;
  /** Tries the call again. */
  readonly retry?: () => unknown;
}

/** A failed call: the reason in words, what to do about it and the request id, or that there was no response. */
export function Failed({ error, retry }: FailedProps) {
  const texts = useTexts(feedbackTexts);
  const refusal = error instanceof KeysealRefusal ? error : null;
  const lesson = useErrorHelp(refusal?.reason);
  if (!error) return null;
  return (
    <Alert role="alert" color="red" title={refusal ? (lesson ? undefined : refusal.message) : texts.noAnswer}>
      <Stack gap="xs" align="flex-start">
        {!refusal && <Text size="sm">{texts.noAnswerMore}</Text>}
        {lesson && (
          <>
            <Text size="sm" fw={600}>
              <ErrorHelpText text={lesson.happened} />
            </Text>
            <Text size="sm">
              <ErrorHelpText text={lesson.fix} />
            </Text>
          </>
        )}
        {refusal && <Facts refusal={refusal} />}
        {retry && (
          <Button size="xs" variant="default" onClick={() => void retry()}>
            {texts.again}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

function Facts({ refusal: { reason, details } }: { readonly refusal: KeysealRefusal }) {
  const texts = useTexts(feedbackTexts);
  const reference = useReferenceOf(reason);
  return (
    <Text size="xs">
      {texts.reason} <Code>{reason}</Code>
      {details.missing && (
        <>
          {' '}
          · <Code>{[details.missing].flat().join(', ')}</Code>
        </>
      )}
      {details.requestId && (
        <>
          {' '}
          · {texts.requestId} <Code>{details.requestId}</Code>
        </>
      )}{' '}
      · <Anchor href={reference}>{texts.more}</Anchor>
    </Text>
  );
}
