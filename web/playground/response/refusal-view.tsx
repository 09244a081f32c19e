import { Alert, Anchor, Code, Stack, Text } from '@mantine/core';
import type { RefusalShape } from '../../../shared/refusals.ts';
import { useTexts } from '../../language/language.ts';
import { ErrorHelpText, useErrorHelp, useReferenceOf } from '../../ui/feedback/error-help.tsx';
import { feedbackTexts } from '../../ui/feedback/texts.ts';
import { RequestLink } from '../../ui/signature/request-link.tsx';

interface RefusalViewProps {
  readonly refusal: RefusalShape;
  /** What the lines of both bases show, if they are known: the cause, in place of all that it might have been. */
  readonly cause: string | null;
}

/** A refusal that the user provoked: its cause, or what happened, why, and how to fix it. */
export function RefusalView({ refusal: { data, message }, cause }: RefusalViewProps) {
  const texts = useTexts(feedbackTexts);
  const lesson = useErrorHelp(data.reason);
  const reference = useReferenceOf(data.reason);
  const explained = lesson ? [lesson.happened, lesson.why, lesson.fix] : [message];
  const paragraphs = cause === null ? explained : explained.slice(0, 1);
  return (
    <Alert color="red" title={<Code>{data.reason}</Code>}>
      <Stack gap="xs">
        {cause !== null && (
          <Text size="sm" fw={600}>
            {cause}
          </Text>
        )}
        {paragraphs.map((text) => (
          <Text key={text} size="sm">
            <ErrorHelpText text={text} />
          </Text>
        ))}
        <Text size="xs">
          {texts.requestId} <RequestLink id={data.requestId} /> ·{' '}
          <Anchor href={reference}>{texts.more}</Anchor>
        </Text>
      </Stack>
    </Alert>
  );
}
