import { Accordion, Anchor, Button, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { client } from '../api/service.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { FactsTable } from '../ui/facts-table.tsx';
import type { AuditSearch } from './audit-search.ts';
import { Changes } from './changes.tsx';
import { auditTexts } from './texts.ts';
import { usePeople } from './use-people.ts';

export type Record = Awaited<ReturnType<typeof client.audit.list.query>>['items'][number];

interface AuditRecordProps {
  readonly of: Record;
  readonly onFilter?: (more: AuditSearch) => void;
}

/** One change: a line that opens to show every detail. */
export function AuditRecordCard({ of: record, onFilter }: AuditRecordProps) {
  const texts = useTexts(auditTexts);
  const { moment } = useFormats();
  const by = useActor(record.actor);
  const words = (texts.actions as { readonly [action: string]: string })[record.action];
  return (
    <Accordion.Item value={String(record.seq)}>
      <Accordion.Control>
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            {words ?? record.action}
          </Text>
          <Text size="xs" c="dimmed">
            {moment(record.at)} ·{' '}
            <span className="theirs" dir="auto">
              {by}
            </span>
            {record.subject && (
              <>
                {' '}
                ·{' '}
                <span className="theirs" dir="auto">
                  {record.subject}
                </span>
              </>
            )}
          </Text>
        </Stack>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="md">
          <Changes before={record.before} after={record.after} />
          <Facts of={record} by={by} />
          {onFilter && <Narrower of={record} onFilter={onFilter} />}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}

/** The display name of an actor. */
function useActor({ kind, id }: Record['actor']): string {
  const { actors } = useTexts(auditTexts);
  const people = usePeople();
  if (id === null) return actors.system;
  return kind === 'user' ? (people.get(id) ?? actors.user(id)) : actors.key(id);
}

function Facts({ of: record, by }: { readonly of: Record; readonly by: string }) {
  const { facts, none } = useTexts(auditTexts);
  const { day, time } = useFormats();
  const rows: readonly (readonly [string, ReactNode])[] = [
    [facts.seq, record.seq],
    [facts.at, `${day(record.at)} ${time(record.at)}`],
    [facts.action, <Code key="action">{record.action}</Code>],
    [
      facts.actor,
      <Group key="actor" gap={6}>
        <span className="theirs" dir="auto">
          {by}
        </span>
        {record.actor.id && <Id of={record.actor.id} isKey={record.actor.kind === 'key'} />}
      </Group>,
    ],
    [
      facts.subject,
      record.subject ? (
        <Id key="subject" of={record.subject} isKey={/^(keys\.|admission\.)/.test(record.action)} />
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

function Id({ of: id, isKey }: { readonly of: string; readonly isKey: boolean }) {
  if (!isKey) return <Code className="theirs">{id}</Code>;
  return (
    <Anchor
      renderRoot={(props) => <Link {...props} to="/keys/$id" params={{ id }} />}
      size="sm"
      ff="monospace"
    >
      {id}
    </Anchor>
  );
}

function Narrower({ of: { action, actor, subject }, onFilter }: Required<AuditRecordProps>) {
  const { only } = useTexts(auditTexts);
  const choices = [
    [only.action, { action }],
    [only.actor, actor.id === null ? null : { actor: actor.id }],
    [only.subject, subject === null ? null : { subject }],
  ] as const;
  return (
    <Group gap="sm">
      {choices.map(
        ([name, more]) =>
          more && (
            <Button key={name} size="compact-sm" variant="default" onClick={() => onFilter(more)}>
              {name}
            </Button>
          ),
      )}
    </Group>
  );
}
