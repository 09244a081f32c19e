import { Code, Text } from '@mantine/core';
import { memo } from 'react';
import type { TailEvent } from '../../shared/live-tail.ts';
import { StatusBadge } from '../charts/status-badge.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { DebugLink } from '../ui/debug-link.tsx';
import { RequestLink } from '../ui/request-link.tsx';
import styles from './tail.module.css';
import type { TailRow } from './tail-state.ts';
import { keyTexts } from './texts.ts';

interface TailRowsProps {
  /** Newest first. */
  readonly rows: readonly TailRow[];
  /** The key that makes the calls. */
  readonly apiKey: Pick<ConsoleKey, 'id' | 'environment'>;
}

export function TailRows({ rows, apiKey: { id, environment } }: TailRowsProps) {
  const { tailColumns } = useTexts(keyTexts);
  return (
    <>
      {/* Each value says what it is by itself; the headings are for the eye. */}
      <div className={styles['head']} aria-hidden="true">
        {tailColumns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      <ol className={styles['rows']}>
        {rows.map(({ n, event }) => (
          <li key={n} className={styles['row']}>
            {event.type === 'call' ? (
              <CallRow call={event} keyId={id} environment={environment} />
            ) : (
              <Missed count={event.count} />
            )}
          </li>
        ))}
      </ol>
    </>
  );
}

interface CallRowProps {
  readonly call: Extract<TailEvent, { type: 'call' }>;
  readonly keyId: string;
  readonly environment: ConsoleKey['environment'];
}

const CallRow = memo(({ call, keyId, environment }: CallRowProps) => {
  const texts = useTexts(keyTexts);
  const { time, number, dateTime } = useFormats();
  const isAccepted = call.outcome === 'OK';
  return (
    <>
      <time dateTime={call.at} title={dateTime(call.at)}>
        {time(call.at)}
      </time>
      <StatusBadge color={isAccepted ? 'seal' : 'red'}>
        {isAccepted ? texts.accepted : texts.refused}
      </StatusBadge>
      <span>
        <Code>{call.procedure}</Code> {!isAccepted && <Code>{call.outcome}</Code>}{' '}
        <DebugLink
          call={{ procedure: call.procedure, key: keyId, environment, reason: call.outcome }}
          isShort
        />
      </span>
      <span>{texts.milliseconds(number(Math.round(call.durationMs * 10) / 10))}</span>
      <span>{call.address ?? texts.noAddress}</span>
      <RequestLink id={call.requestId} className={styles['request']} />
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
