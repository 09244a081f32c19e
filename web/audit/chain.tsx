import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { auditTexts } from './texts.ts';
import { type ChainState, useChain } from './use-chain.ts';

/** Checks whether anybody but the service has changed the log. */
export function Chain() {
  const texts = useTexts(auditTexts);
  const { number } = useFormats();
  const { looked, data, error, isPending, mutate } = useChain();
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button variant="default" loading={isPending} onClick={() => mutate()}>
          {texts.verify}
        </Button>
        {isPending && (
          <Text size="sm" c="dimmed" role="status">
            {texts.verifying(number(looked))}
          </Text>
        )}
      </Group>
      <Failed error={error} />
      {data && <ChainVerdict verdict={data} />}
    </Stack>
  );
}

function ChainVerdict({ verdict }: { readonly verdict: ChainState }) {
  const texts = useTexts(auditTexts);
  const { number } = useFormats();
  if (!verdict.verified) {
    return (
      <Alert color="red" role="alert" title={texts.broken(number(verdict.at))}>
        {texts.problems[verdict.problem]}
      </Alert>
    );
  }
  return (
    <Alert color="seal" role="status" title={texts.whole(verdict.records, number(verdict.records))}>
      <Stack gap={4}>
        <Text size="sm">{texts.wholeMore}</Text>
        {verdict.head && (
          <Text size="sm">
            {texts.head(number(verdict.head.seq))} <Code>{verdict.head.mac}</Code>
          </Text>
        )}
      </Stack>
    </Alert>
  );
}
