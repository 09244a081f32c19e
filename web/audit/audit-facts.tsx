import { Code, Group } from '@mantine/core';
import type { ReactNode } from 'react';
import type { client } from '../api/service.ts';
import { CopyId } from '../key-model/copy-id.tsx';
import { KeyLink } from '../key-model/key-link.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { FactsTable } from '../ui/facts-table.tsx';
import { auditTexts } from './texts.ts';

export type ListedRecord = Awaited<ReturnType<typeof client.audit.list.query>>['items'][number];

interface AuditFactsProps {
  readonly record: ListedRecord;
  /** The display name of its actor. */
  readonly by: string;
  /** The name of what was changed, null if it is not known. */
  readonly subject: string | null;
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
    [
      facts.subject,
      record.subject ? (
        <Subject key="subject" id={record.subject} name={subject} action={record.action} />
      ) : (
        none
      ),
    ],
    [facts.address, record.address ?? none],
    [facts.requestId, record.requestId ? <Code key="request">{record.requestId}</Code> : none],
    [facts.mac, <Code key="mac">{record.mac}</Code>],
  ];
  return <FactsTable label={facts.title} facts={rows} />;
}

interface SubjectProps {
  readonly id: string;
  readonly name: string | null;
  readonly action: string;
}

function Subject({ id, name, action }: SubjectProps) {
  const isKey = /^(keys\.|admission\.)/.test(action);
  if (name === null) return <Id id={id} isKey={isKey} />;
  return (
    <Group gap={6}>
      {isKey ? (
        <KeyLink id={id} name={name} />
      ) : (
        <span className="theirs" dir="auto">
          {name}
        </span>
      )}
      <Code className="theirs">{id}</Code>
      <CopyId id={id} />
    </Group>
  );
}

function Id({ id, isKey }: { readonly id: string; readonly isKey: boolean }) {
  if (!isKey) return <Code className="theirs">{id}</Code>;
  return <KeyLink id={id} name={id} ff="monospace" />;
}
