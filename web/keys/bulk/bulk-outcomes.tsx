import { Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { KeysealRefusal } from '../../../client/calls/refusal.ts';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { useErrorHelp } from '../../ui/feedback/error-help.tsx';
import { feedbackTexts } from '../../ui/feedback/texts.ts';
import type { Outcome } from './run-each.ts';
import { bulkTexts } from './texts.ts';

interface BulkOutcomesProps {
  readonly outcomes: readonly Outcome<ConsoleKey>[];
  readonly retry: (keys: readonly ConsoleKey[]) => void;
  readonly onClose: () => void;
}

/** For how many keys an action is done, and each key for which it is not, with the reason. */
export function BulkOutcomes({ outcomes, retry, onClose }: BulkOutcomesProps) {
  const texts = useTexts(bulkTexts);
  const { number } = useFormats();
  const unfinished = outcomes.filter(({ is }) => is !== 'done');
  return (
    <Stack>
      <Text role="status">
        {texts.done(number(outcomes.length - unfinished.length), number(outcomes.length))}
      </Text>
      {unfinished.length > 0 && (
        <Stack gap={4} component="section">
          <Title order={3} size="h5">
            {texts.failed}
          </Title>
          <Text component="ul" size="sm" m={0} ps="lg" mah="20rem" style={{ overflowY: 'auto' }} tabIndex={0}>
            {unfinished.map((outcome) => (
              <li key={outcome.item.id}>
                <bdi className="theirs">{outcome.item.name}</bdi> <Code>{outcome.item.id}</Code>:{' '}
                {outcome.is === 'failed' ? <Why error={outcome.error} /> : texts.stopped}
              </li>
            ))}
          </Text>
        </Stack>
      )}
      <Group justify="flex-end">
        {unfinished.length > 0 && (
          <Button variant="default" onClick={() => retry(unfinished.map(({ item }) => item))}>
            {texts.again}
          </Button>
        )}
        <Button onClick={onClose}>{texts.close}</Button>
      </Group>
    </Stack>
  );
}

function Why({ error }: { readonly error: unknown }) {
  const texts = useTexts(feedbackTexts);
  const reason = error instanceof KeysealRefusal ? error.reason : undefined;
  const help = useErrorHelp(reason);
  if (!reason) return texts.noAnswer;
  return (
    <>
      {help?.happened ?? reason} <Code>{reason}</Code>
    </>
  );
}
