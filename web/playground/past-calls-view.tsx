import { Button, Code, Group, Table, Text, UnstyledButton } from '@mantine/core';
import { Scroll } from '../charts/scroll.tsx';
import { StatusBadge } from '../charts/status-badge.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Section } from '../ui/section.tsx';
import type { PastCall } from './past-calls.ts';
import { playgroundTexts } from './texts.ts';

interface PastCallsProps {
  readonly calls: readonly PastCall[];
  /** Selects the procedure of a call. */
  readonly onChoose: (procedure: string) => void;
  readonly onClear: () => void;
}

/** The calls of this tab, newest first. */
export function PastCalls({ calls, onChoose, onClear }: PastCallsProps) {
  const { past } = useTexts(playgroundTexts);
  if (calls.length === 0) return null;
  return (
    <Section title={past.title} description={past.more}>
      <Scroll label={past.title}>
        <Table aria-label={past.title} verticalSpacing={6} miw="38rem">
          <Table.Thead>
            <Table.Tr>
              {past.columns.map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {calls.map((call) => (
              <PastCallRow key={`${call.at} ${call.requestId}`} call={call} onChoose={onChoose} />
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
      <Button variant="default" size="xs" w="fit-content" onClick={onClear}>
        {past.clear}
      </Button>
    </Section>
  );
}

function PastCallRow({ call, onChoose }: Pick<PastCallsProps, 'onChoose'> & { readonly call: PastCall }) {
  const texts = useTexts(playgroundTexts);
  const { time, number } = useFormats();
  const at = new Date(call.at).toISOString();
  return (
    <Table.Tr>
      <Table.Td>
        <time dateTime={at}>{time(at)}</time>
      </Table.Td>
      <Table.Td>
        <UnstyledButton
          onClick={() => onChoose(call.procedure)}
          aria-label={texts.past.choose(call.procedure)}
        >
          <Text span ff="monospace" size="xs" td="underline">
            {call.procedure}
          </Text>
        </UnstyledButton>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <StatusBadge color={call.status >= 200 && call.status < 300 ? 'seal' : 'red'}>
            {call.status === 0 ? texts.redirect : String(call.status)}
          </StatusBadge>
          {call.reason !== null && <Code>{call.reason}</Code>}
        </Group>
      </Table.Td>
      <Table.Td>{texts.milliseconds(number(call.took))}</Table.Td>
      <Table.Td>
        <Code>{call.requestId}</Code>
      </Table.Td>
    </Table.Tr>
  );
}
