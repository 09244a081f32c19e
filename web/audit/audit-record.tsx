import { Button, Group, Stack, UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconKey, IconServer2 } from '@tabler/icons-react';
import { type ReactNode, useId } from 'react';
import { ShortId } from '../key-model/short-id.tsx';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { Initial } from '../shell/initial.tsx';
import { OPENS, RowOrCard } from '../ui/tables/row-table.tsx';
import { TABLE_ROLES } from '../ui/tables/table-roles.ts';
import { ActionIcon } from './action-icon.tsx';
import styles from './audit.module.css';
import { AuditFacts } from './audit-facts.tsx';
import type { AuditSearch } from './audit-search.ts';
import { Changes } from './changes.tsx';
import type { ListedRecord } from './listed-record.ts';
import { type RecordSubject, type SubjectKind, type SubjectNames, subjectOf } from './record-subject.ts';
import { auditTexts } from './texts.ts';

interface AuditRowProps {
  readonly record: ListedRecord;
  readonly names: SubjectNames;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
  readonly onFilter?: (more: AuditSearch) => void;
}

/** One change as a row, with its details in a row below while it is open. */
export function AuditRow({ record, names, isOpen, onToggle, onFilter }: AuditRowProps) {
  const texts = useTexts(auditTexts);
  const { dateTime, time } = useFormats();
  const id = useId();
  const by = useActor(record.actor, names);
  const subject = subjectOf(record, names);
  const words = (texts.actions as { readonly [action: string]: string })[record.action];
  return (
    <>
      <RowOrCard className={styles['row']}>
        <td {...TABLE_ROLES.cell} className={styles['time']}>
          <time dateTime={record.at} title={dateTime(record.at)}>
            {time(record.at)}
          </time>
        </td>
        <th {...TABLE_ROLES.rowHeader}>
          <UnstyledButton
            className={`${styles['action']} ${OPENS}`}
            onClick={onToggle}
            aria-expanded={isOpen}
            {...(isOpen ? { 'aria-controls': id } : {})}
          >
            <IconChevronRight size={14} aria-hidden className={styles['chevron']} />
            <ActionIcon action={record.action} />
            {words ?? record.action}
          </UnstyledButton>
        </th>
        <td {...TABLE_ROLES.cell} className={styles['actor']}>
          <ActorPicture kind={record.actor.id === null ? 'system' : record.actor.kind} name={by} />
          <Cut text={by} />
        </td>
        <td {...TABLE_ROLES.cell} className={styles['subject']}>
          {subject && <SubjectView subject={subject} />}
        </td>
        <td {...TABLE_ROLES.cell} className={styles['dimmed']}>
          {record.address}
        </td>
      </RowOrCard>
      {isOpen && (
        <DetailsRow id={id}>
          <Changes before={record.before} after={record.after} />
          <AuditFacts record={record} by={by} subject={subject} />
          {onFilter && <Narrower record={record} onFilter={onFilter} />}
        </DetailsRow>
      )}
    </>
  );
}

function DetailsRow({ id, children }: { readonly id: string; readonly children: ReactNode }) {
  const { columns } = useTexts(auditTexts);
  return (
    <tr {...TABLE_ROLES.row} className={styles['details']} id={id}>
      <td {...TABLE_ROLES.cell} colSpan={columns.length}>
        <Stack gap="md">{children}</Stack>
      </td>
    </tr>
  );
}

/** Text that a user wrote, cut off at the end of its column. */
const Cut = ({ text }: { readonly text: string }) => (
  <div className={`theirs ${styles['cut']}`} dir="auto" title={text}>
    {text}
  </div>
);

interface ActorPictureProps {
  readonly kind: ListedRecord['actor']['kind'] | 'system';
  readonly name: string;
}

/** Whether a user, a key or the service made a change. */
function ActorPicture({ kind, name }: ActorPictureProps) {
  if (kind === 'user') return <Initial of={name} isUser />;
  const Icon = kind === 'key' ? IconKey : IconServer2;
  return <Icon size={16} stroke={1.6} aria-hidden className={styles['icon']} />;
}

/** The display name of an actor. */
function useActor({ kind, id }: ListedRecord['actor'], names: AuditRowProps['names']): string {
  const { actors } = useTexts(auditTexts);
  if (id === null) return actors.system;
  return kind === 'user' ? (names.people.get(id) ?? actors.user(id)) : actors.key(names.keys.get(id) ?? id);
}

/** Of these, a name says enough. */
const NAMED_ALONE: ReadonlySet<SubjectKind> = new Set(['key', 'user']);

/** The name of a subject, or what it is, and the ends of its id. */
function SubjectView({ subject: { id, kind, name } }: { readonly subject: RecordSubject }) {
  const { subjects } = useTexts(auditTexts);
  const isNamedAlone = name !== null && (kind === null || NAMED_ALONE.has(kind));
  const what = isNamedAlone ? null : subjects[kind ?? 'other'];
  return (
    <>
      <div className={styles['cut']} title={[what, name].filter(Boolean).join(' · ')}>
        {what}
        {what !== null && name !== null && ' · '}
        {name !== null && <bdi className="theirs">{name}</bdi>}
      </div>
      {name !== id && <ShortId id={id} className={styles['id']} />}
    </>
  );
}

function Narrower({
  record: { action, actor, subject },
  onFilter,
}: Required<Pick<AuditRowProps, 'record' | 'onFilter'>>) {
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
