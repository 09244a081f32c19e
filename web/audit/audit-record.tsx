import { Accordion, Button, Group, Stack, Text } from '@mantine/core';
import type { useNames } from '../key-model/use-names.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { AuditFacts, type ListedRecord } from './audit-facts.tsx';
import type { AuditSearch } from './audit-search.ts';
import { Changes } from './changes.tsx';
import { auditTexts } from './texts.ts';

interface AuditRecordProps {
  readonly record: ListedRecord;
  readonly names: ReturnType<typeof useNames>;
  readonly onFilter?: (more: AuditSearch) => void;
}

/** One change: a line that opens to show every detail. */
export function AuditRecordCard({ record, names, onFilter }: AuditRecordProps) {
  const texts = useTexts(auditTexts);
  const { dateTime } = useFormats();
  const by = useActor(record.actor, names);
  const subject = record.subject && nameOf(names, record.subject);
  const words = (texts.actions as { readonly [action: string]: string })[record.action];
  return (
    <Accordion.Item value={String(record.seq)}>
      <Accordion.Control>
        <Stack gap={2}>
          <Text size="sm" fw={600}>
            {words ?? record.action}
          </Text>
          <Text size="xs" c="dimmed">
            {dateTime(record.at)} ·{' '}
            <span className="theirs" dir="auto">
              {by}
            </span>
            {record.subject && (
              <>
                {' '}
                ·{' '}
                <span className="theirs" dir="auto" title={record.subject}>
                  {subject ?? record.subject}
                </span>
              </>
            )}
          </Text>
        </Stack>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="md">
          <Changes before={record.before} after={record.after} />
          <AuditFacts record={record} by={by} subject={subject ?? null} />
          {onFilter && <Narrower record={record} onFilter={onFilter} />}
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}

/** The display name of an actor. */
function useActor({ kind, id }: ListedRecord['actor'], names: AuditRecordProps['names']): string {
  const { actors } = useTexts(auditTexts);
  if (id === null) return actors.system;
  return kind === 'user' ? (names.people.get(id) ?? actors.user(id)) : actors.key(names.keys.get(id) ?? id);
}

const nameOf = ({ people, keys }: AuditRecordProps['names'], id: string) => people.get(id) ?? keys.get(id);

function Narrower({
  record: { action, actor, subject },
  onFilter,
}: Required<Pick<AuditRecordProps, 'record' | 'onFilter'>>) {
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
