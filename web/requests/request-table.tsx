import { Code, Group, Paper, Table, Text, UnstyledButton } from '@mantine/core';
import type { client } from '../api/service.ts';
import { Scroll } from '../charts/scroll.tsx';
import { StatusBadge } from '../charts/status-badge.tsx';
import { KeyLink } from '../key-model/key-link.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { DebugLink } from '../ui/debug-link.tsx';
import styles from './request-table.module.css';
import { requestsTexts } from './texts.ts';

export type ListedRequest = Awaited<ReturnType<typeof client.requests.list.query>>['items'][number];

interface RequestTableProps {
  readonly requests: readonly ListedRequest[];
  readonly onOpen: (request: ListedRequest) => void;
}

/** Calls, newest first, a line each. */
export function RequestTable({ requests, onOpen }: RequestTableProps) {
  const texts = useTexts(requestsTexts);
  return (
    <Paper withBorder style={{ overflow: 'clip' }}>
      <Scroll label={texts.table}>
        <Table
          aria-label={texts.table}
          verticalSpacing={6}
          horizontalSpacing="md"
          miw="62rem"
          highlightOnHover
        >
          <Table.Thead>
            <Table.Tr>
              {texts.columns.map((column) => (
                <Table.Th key={column}>{column}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {requests.map((request, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a batch may be equal in every field
              <RequestRow key={`${request.requestId} ${n}`} request={request} onOpen={onOpen} />
            ))}
          </Table.Tbody>
        </Table>
      </Scroll>
    </Paper>
  );
}

interface RequestRowProps extends Pick<RequestTableProps, 'onOpen'> {
  readonly request: ListedRequest;
}

function RequestRow({ request, onOpen }: RequestRowProps) {
  const texts = useTexts(requestsTexts);
  const { time, dateTime, number } = useFormats();
  const { at, key, procedure, durationMs, requestId } = request;
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <time dateTime={at} title={dateTime(at)}>
          {time(at)}
        </time>
      </Table.Td>
      <Table.Td>
        <Group gap={6} wrap="nowrap">
          <RequestOutcome outcome={request.outcome} represents={request.represents} />
          <DebugLink call={knownOf(request)} isShort />
        </Group>
      </Table.Td>
      <Table.Td>
        <Code>{procedure}</Code>
      </Table.Td>
      <Table.Td maw="14rem">
        <KeyLink id={key.id} name={key.name ?? texts.deleted} />
      </Table.Td>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>{texts.milliseconds(number(durationMs))}</Table.Td>
      <Table.Td>
        <UnstyledButton onClick={() => onOpen(request)} aria-haspopup="dialog">
          <Text span ff="monospace" size="xs" c="dimmed" className={styles.id}>
            {requestId}
          </Text>
        </UnstyledButton>
      </Table.Td>
    </Table.Tr>
  );
}

/** What the debugger can show of a call. */
export const knownOf = ({ procedure, key, environment, outcome }: ListedRequest) => ({
  ...{ procedure, key: key.id, environment, reason: outcome },
});

/** How a call ended, and whether it is one of a sample. */
export function RequestOutcome({ outcome, represents }: Pick<ListedRequest, 'outcome' | 'represents'>) {
  const texts = useTexts(requestsTexts);
  const { number } = useFormats();
  const isAccepted = outcome === 'OK';
  return (
    <Group gap={6} wrap="nowrap">
      <StatusBadge color={isAccepted ? 'seal' : 'red'}>
        {isAccepted ? texts.outcomes.accepted : texts.outcomes.refused}
      </StatusBadge>
      {!isAccepted && <Code>{outcome}</Code>}
      {represents > 1 && (
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {texts.sampled(number(represents))}
        </Text>
      )}
    </Group>
  );
}
