import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconCircleCheckFilled } from '@tabler/icons-react';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Failed } from '../ui/feedback/failed.tsx';
import classes from './audit.module.css';
import { auditTexts } from './texts.ts';
import { type ChainState, useChain } from './use-chain.ts';

/** Checks whether anybody but the service has changed the log. */
export function Chain() {
  const texts = useTexts(auditTexts);
  const { number } = useFormats();
  const { looked, data, error, isPending, mutate } = useChain();
  return (
    <Stack gap="xs" className={classes.chain}>
      <Group gap="sm" className={classes.run}>
        <Button variant="default" size="xs" loading={isPending} onClick={() => mutate()}>
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
    <Stack gap={2} role="status">
      <Group gap={6} wrap="nowrap">
        <IconCircleCheckFilled size={16} aria-hidden color="var(--ks-accepted)" style={{ flex: 'none' }} />
        <Text size="sm" fw={550} c="var(--ks-heading)">
          {texts.whole(verdict.records, number(verdict.records))}
        </Text>
      </Group>
      <Text size="xs" c="dimmed">
        {texts.wholeMore}
        {verdict.head && (
          <>
            {' '}
            {texts.head(number(verdict.head.seq))} <Code>{verdict.head.mac}</Code>
          </>
        )}
      </Text>
    </Stack>
  );
}
