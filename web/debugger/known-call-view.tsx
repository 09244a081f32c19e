import { Alert, Code, Paper, Stack, Text } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import { FactsTable } from '../ui/tables/facts-table.tsx';
import type { KnownCall } from './known-call.ts';
import { debuggerTexts } from './texts.ts';

interface KnownCallViewProps {
  readonly call: KnownCall;
  readonly method: string | null;
  readonly target: string;
}

/** What is recorded of a refused call, and what the debugger still needs. */
export function KnownCallView({ call, method, target }: KnownCallViewProps) {
  const { known } = useTexts(debuggerTexts);
  return (
    <Stack gap="sm">
      <Paper withBorder p={{ base: 'md', sm: 'lg' }}>
        <FactsTable
          label={known.title}
          facts={[
            [known.method, method ? <Code key="method">{method}</Code> : known.unknown],
            [known.target, <Code key="target">{target}</Code>],
            [known.key, call.key ? <Code key="key">{call.key}</Code> : known.unknown],
            [known.reason, call.reason ? <Code key="reason">{call.reason}</Code> : known.unknown],
          ]}
        />
      </Paper>
      <Alert title={known.missing} color="gray">
        <Text size="sm">{known.missingMore}</Text>
      </Alert>
    </Stack>
  );
}
