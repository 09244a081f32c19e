import { Alert, Anchor, Code, Stack, Text } from '@mantine/core';
import type { RefusalShape } from '../../../shared/refusals.ts';
import { useTexts } from '../../language/language.ts';
import { ErrorHelpText, useErrorHelp, useReferenceOf } from '../../ui/feedback/error-help.tsx';
import { RequestLink } from '../../ui/signature/request-link.tsx';
import { shellTexts } from '../../ui/texts.ts';

/** A refusal that the user provoked: what happened, why, and how to fix it. */
export function RefusalView({ refusal: { data, message } }: { readonly refusal: RefusalShape }) {
  const texts = useTexts(shellTexts);
  const lesson = useErrorHelp(data.reason);
  const reference = useReferenceOf(data.reason);
  const paragraphs = lesson ? [lesson.happened, lesson.why, lesson.fix] : [message];
  return (
    <Alert color="red" title={<Code>{data.reason}</Code>}>
      <Stack gap="xs">
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
