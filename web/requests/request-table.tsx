import { Code, Group, Text, UnstyledButton } from '@mantine/core';
import type { client } from '../api/service.ts';
import { StatusBadge } from '../charts/status-badge.tsx';
import { KeyLink } from '../key-model/key-link.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { DebugLink } from '../ui/signature/debug-link.tsx';
import { CellRow, OPENS, RowTable } from '../ui/tables/row-table.tsx';
import { TABLE_ROLES } from '../ui/tables/table-roles.ts';
import styles from './request-table.module.css';
import { requestsTexts } from './texts.ts';

export type ListedRequest = Awaited<ReturnType<typeof client.requests.list.query>>['items'][number];

interface RequestTableProps {
  readonly requests: readonly ListedRequest[];
  readonly onOpen: (request: ListedRequest) => void;
}

/** Calls, newest first: a row each, which opens the details. */
export function RequestTable({ requests, onOpen }: RequestTableProps) {
  const texts = useTexts(requestsTexts);
  return (
    <RowTable label={texts.table} columns={texts.columns} className={styles['table']}>
      <tbody {...TABLE_ROLES.group}>
        {requests.map((request, n) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the calls of a batch may be equal in every field
          <RequestRow key={`${request.requestId} ${n}`} request={request} onOpen={onOpen} />
        ))}
      </tbody>
    </RowTable>
  );
}

interface RequestRowProps extends Pick<RequestTableProps, 'onOpen'> {
  readonly request: ListedRequest;
}

function RequestRow({ request, onOpen }: RequestRowProps) {
  const texts = useTexts(requestsTexts);
  const { time, dateTime, number } = useFormats();
  const { at, key, procedure, durationMs, requestId } = request;
  const cells = {
    time: (
      <time dateTime={at} title={dateTime(at)}>
        {time(at)}
      </time>
    ),
    outcome: (
      <Group gap={6}>
        <RequestOutcome outcome={request.outcome} represents={request.represents} />
        <DebugLink call={knownOf(request)} isShort />
      </Group>
    ),
    procedure: <Code>{procedure}</Code>,
    key: <KeyLink id={key.id} name={key.name ?? texts.deleted} />,
    duration: texts.milliseconds(number(durationMs)),
    request: (
      <UnstyledButton
        className={`${styles['open']} ${OPENS}`}
        onClick={() => onOpen(request)}
        aria-haspopup="dialog"
      >
        <Text span ff="monospace" size="xs" c="dimmed" className={styles['id']} title={requestId}>
          {requestId}
        </Text>
      </UnstyledButton>
    ),
  };
  return <CellRow cells={cells} styles={styles} />;
}

/** What the debugger can show of a call. */
export const knownOf = ({
  procedure,
  key,
  environment,
  outcome,
}: Pick<ListedRequest, 'procedure' | 'key' | 'environment' | 'outcome'>) => ({
  procedure,
  key: key.id,
  environment,
  reason: outcome,
});

/** How a call ended, and whether it is one of a sample. */
export function RequestOutcome({ outcome, represents }: Pick<ListedRequest, 'outcome' | 'represents'>) {
  const texts = useTexts(requestsTexts);
  const { number } = useFormats();
  const isAccepted = outcome === 'OK';
  return (
    <Group gap={6}>
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
