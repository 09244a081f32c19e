import { Code, Text } from '@mantine/core';
import { memo } from 'react';
import type { TailEvent } from '../../shared/live-tail.ts';
import { StatusBadge } from '../charts/status-badge.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { RequestLink } from '../ui/request-link.tsx';
import styles from './tail.module.css';
import type { TailRow } from './tail-state.ts';
import { keyTexts } from './texts.ts';

/** Newest first. */
export function TailRows({ rows }: { readonly rows: readonly TailRow[] }) {
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
            {event.type === 'call' ? <CallRow call={event} /> : <Missed count={event.count} />}
          </li>
        ))}
      </ol>
    </>
  );
}

const CallRow = memo(({ call }: { readonly call: Extract<TailEvent, { type: 'call' }> }) => {
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
        <Code>{call.procedure}</Code> {!isAccepted && <Code>{call.outcome}</Code>}
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
