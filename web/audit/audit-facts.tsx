import { Code, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyId } from '../key-model/copy-id.tsx';
import { KeyLink } from '../key-model/key-link.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { FactsTable } from '../ui/tables/facts-table.tsx';
import type { ListedRecord } from './listed-record.ts';
import type { RecordSubject } from './record-subject.ts';
import { auditTexts } from './texts.ts';

interface AuditFactsProps {
  readonly record: ListedRecord;
  /** The display name of its actor. */
  readonly by: string;
  /** What was changed; null if the record names nothing. */
  readonly subject: RecordSubject | null;
}

/** Every detail of a record, but its changes. */
export function AuditFacts({ record, by, subject }: AuditFactsProps) {
  const { facts, none } = useTexts(auditTexts);
  const { dateTimeSeconds } = useFormats();
  const rows: readonly (readonly [string, ReactNode])[] = [
    [facts.seq, record.seq],
    [facts.at, dateTimeSeconds(record.at)],
    [facts.action, <Code key="action">{record.action}</Code>],
    [
      facts.actor,
      <Group key="actor" gap={6}>
        <span className="theirs" dir="auto">
          {by}
        </span>
        {record.actor.id && <Id id={record.actor.id} isKey={record.actor.kind === 'key'} />}
      </Group>,
    ],
    [facts.subject, subject ? <Subject key="subject" {...subject} /> : none],
    [facts.address, record.address ?? none],
    [facts.requestId, record.requestId ? <Code key="request">{record.requestId}</Code> : none],
    [facts.mac, <Code key="mac">{record.mac}</Code>],
  ];
  return <FactsTable label={facts.title} facts={rows} />;
}

function Subject({ id, kind, name }: RecordSubject) {
  const { subjects } = useTexts(auditTexts);
  return (
    <Group gap={6}>
      {kind !== 'key' && <span>{subjects[kind ?? 'other']}</span>}
      {name !== null &&
        name !== id &&
        (kind === 'key' ? (
          <KeyLink id={id} name={name} />
        ) : (
          <span className="theirs" dir="auto">
            {name}
          </span>
        ))}
      {kind === 'key' && name === null ? (
        <KeyLink id={id} name={id} ff="monospace" />
      ) : (
        <Code className="theirs">{id}</Code>
      )}
      <CopyId id={id} />
    </Group>
  );
}

function Id({ id, isKey }: { readonly id: string; readonly isKey: boolean }) {
  if (!isKey) return <Code className="theirs">{id}</Code>;
  return <KeyLink id={id} name={id} ff="monospace" />;
}
