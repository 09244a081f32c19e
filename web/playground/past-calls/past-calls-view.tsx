import { Button, Code, Group, Text, UnstyledButton } from '@mantine/core';
import { StatusBadge } from '../../charts/status-badge.tsx';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { Section } from '../../ui/page/section.tsx';
import { CellRow, OPENS, RowTable } from '../../ui/tables/row-table.tsx';
import { TABLE_ROLES } from '../../ui/tables/table-roles.ts';
import { playgroundTexts } from '../texts.ts';
import styles from './past-calls.module.css';
import type { PastCall } from './past-calls.ts';

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
    <Section isOpen title={past.title} description={past.more}>
      <RowTable label={past.title} columns={past.columns} className={styles['table']}>
        <tbody {...TABLE_ROLES.group}>
          {calls.map((call) => (
            <PastCallRow key={`${call.at} ${call.requestId}`} call={call} onChoose={onChoose} />
          ))}
        </tbody>
      </RowTable>
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
  const cells = {
    time: <time dateTime={at}>{time(at)}</time>,
    procedure: (
      <UnstyledButton
        className={OPENS}
        onClick={() => onChoose(call.procedure)}
        aria-label={texts.past.choose(call.procedure)}
      >
        <Text span ff="monospace" size="xs" td="underline">
          {call.procedure}
        </Text>
      </UnstyledButton>
    ),
    outcome: (
      <Group gap={6}>
        <StatusBadge color={call.status >= 200 && call.status < 300 ? 'seal' : 'red'}>
          {call.status === 0 ? texts.redirect : String(call.status)}
        </StatusBadge>
        {call.reason !== null && <Code>{call.reason}</Code>}
      </Group>
    ),
    duration: texts.milliseconds(number(call.took)),
    request: <Code>{call.requestId}</Code>,
  };
  return <CellRow cells={cells} styles={styles} />;
}
