import { Code, Text, UnstyledButton } from '@mantine/core';
import { memo } from 'react';
import type { TailEvent } from '../../shared/live-tail.ts';
import { StatusBadge } from '../charts/status-badge.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { DebugLink } from '../ui/signature/debug-link.tsx';
import { CLICKABLE, OPENS } from '../ui/tables/row-table.tsx';
import styles from './tail.module.css';
import type { TailRow } from './tail-state.ts';
import { keyTexts } from './texts.ts';

interface TailRowsProps {
  /** Newest first. */
  readonly rows: readonly TailRow[];
  /** The key that makes the calls. */
  readonly apiKey: Pick<ConsoleKey, 'id' | 'environment'>;
  readonly onOpen: (call: TailCall) => void;
}

/** A call as it ended. */
export type TailCall = Extract<TailEvent, { type: 'call' }>;

export function TailRows({ rows, apiKey: { id, environment }, onOpen }: TailRowsProps) {
  const { tailColumns } = useTexts(keyTexts);
  return (
    <>
      {/* Each value says what it is by itself; the headings are for the eye. */}
      <div className={styles['head']} aria-hidden="true">
        {tailColumns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      <ol className={styles['rows']} data-content>
        {rows.map(({ n, event }) => (
          <li key={n} {...CLICKABLE} className={styles['row']}>
            {event.type === 'call' ? (
              <CallRow call={event} keyId={id} environment={environment} onOpen={onOpen} />
            ) : (
              <Missed count={event.count} />
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

interface CallRowProps extends Pick<TailRowsProps, 'onOpen'> {
  readonly call: TailCall;
  readonly keyId: string;
  readonly environment: ConsoleKey['environment'];
}

const CallRow = memo(({ call, keyId, environment, onOpen }: CallRowProps) => {
  const texts = useTexts(keyTexts);
  const { time, number, dateTime } = useFormats();
  const isAccepted = call.outcome === 'OK';
  return (
    <>
      <time dateTime={call.at} title={dateTime(call.at)} className={styles['time']}>
        {time(call.at)}
      </time>
      <span className={styles['outcome']}>
        <StatusBadge color={isAccepted ? 'seal' : 'red'}>
          {isAccepted ? texts.accepted : texts.refused}
        </StatusBadge>
      </span>
      <span className={styles['call']}>
        <Code>{call.procedure}</Code> {!isAccepted && <Code>{call.outcome}</Code>}{' '}
        <DebugLink
          call={{ procedure: call.procedure, key: keyId, environment, reason: call.outcome }}
          isShort
        />
      </span>
      <span className={styles['duration']}>
        {texts.milliseconds(number(Math.round(call.durationMs * 10) / 10))}
      </span>
      <span className={styles['address']}>{call.address ?? texts.noAddress}</span>
      <UnstyledButton
        className={`${styles['open']} ${OPENS}`}
        onClick={() => onOpen(call)}
        aria-haspopup="dialog"
      >
        <Text span ff="monospace" size="xs" c="dimmed" className={styles['request']} title={call.requestId}>
          {call.requestId}
        </Text>
      </UnstyledButton>
    </>
  );
});

function Missed({ count }: { readonly count: number | null }) {
  const texts = useTexts(keyTexts);
  const { number } = useFormats();
  return (
    <Text size="sm" c="dimmed" className={styles['missed']}>
      {count === null ? texts.missedSome : texts.missed(count, number(count))}
    </Text>
  );
}
