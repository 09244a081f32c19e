import { Checkbox, Code, Group, Text, Tooltip } from '@mantine/core';
import { memo, type ReactNode } from 'react';
import type { Choose } from '../key-actions/key-action.ts';
import { KeyMenu } from '../key-actions/key-menu.tsx';
import { CopyId } from '../key-model/copy-id.tsx';
import { EnvironmentBadge } from '../key-model/environment-badge.tsx';
import type { ConsoleKey } from '../key-model/key.ts';
import { KeyLink } from '../key-model/key-link.tsx';
import { KeyStatus } from '../key-model/key-status.tsx';
import { ShortId } from '../key-model/short-id.tsx';
import { keysTexts } from '../key-model/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { TABLE_ROLES } from '../ui/tables/table-roles.ts';
import { bulkTexts } from './bulk/texts.ts';
import classes from './key-table.module.css';
import { RelativeTime } from './relative-time.tsx';
import { Sparkline } from './sparkline.tsx';
import type { UsageOfKey } from './use-keys-usage.ts';

export const COLUMNS = [
  'select',
  'name',
  'permissions',
  'status',
  'owner',
  'created',
  'lastUsed',
  'expires',
  'use',
  'actions',
] as const;

interface KeyCellsProps {
  readonly apiKey: ConsoleKey;
  readonly usage: UsageOfKey | undefined;
  /** The name of the user to whom it belongs; null for a key of the workspace, undefined if it is not known. */
  readonly owner: string | null | undefined;
  /** Null if the reader may not change keys. */
  readonly choose: Choose | null;
  readonly isSelected: boolean;
  readonly toggle: (id: string) => void;
}

/** The cells of a key's row. */
export const KeyCells = memo(function KeyCells(props: KeyCellsProps) {
  const { apiKey, usage, owner, choose } = props;
  const texts = useTexts(keysTexts);
  const cells: Record<(typeof COLUMNS)[number], ReactNode> = {
    select: choose && <Select {...props} />,
    name: <NameAndId apiKey={apiKey} />,
    permissions: <Permissions names={apiKey.permissions} />,
    status: <KeyStatus status={apiKey.status} />,
    owner: <Owner owner={owner} />,
    created: <RelativeTime at={apiKey.createdAt} none="" />,
    lastUsed: <RelativeTime at={apiKey.lastUsedAt} none={texts.neverUsed} />,
    expires: <RelativeTime at={apiKey.expiresAt} none={texts.neverExpires} />,
    use: usage && <Sparkline usage={usage} />,
    actions: choose && <KeyMenu apiKey={apiKey} choose={choose} />,
  };
  return COLUMNS.map((column) => {
    const label = LABELLED.has(column) && (
      <span className={classes.label} aria-hidden="true">
        {texts.columns[column as keyof typeof texts.columns]}
      </span>
    );
    const Cell = column === 'name' ? 'th' : 'td';
    const role = column === 'name' ? TABLE_ROLES.rowHeader : TABLE_ROLES.cell;
    return (
      <Cell key={column} {...role} className={classes[column]}>
        {label}
        {cells[column]}
      </Cell>
    );
  });
});

const LABELLED: ReadonlySet<string> = new Set(['permissions', 'lastUsed', 'expires', 'use']);

function Select({ apiKey: { id, name }, isSelected, toggle }: KeyCellsProps) {
  const texts = useTexts(bulkTexts);
  return (
    <Checkbox size="xs" aria-label={texts.selectOf(name)} checked={isSelected} onChange={() => toggle(id)} />
  );
}

function NameAndId({ apiKey: { id, name, environment } }: { readonly apiKey: ConsoleKey }) {
  return (
    <Group gap={8} wrap="nowrap" className={classes.identity}>
      <KeyLink
        id={id}
        name={name}
        size="md"
        className={`theirs ${classes.link}`}
        fw={550}
        c="var(--ks-heading)"
        underline="never"
      />
      <EnvironmentBadge environment={environment} />
      <Group gap={8} wrap="nowrap" flex="none">
        <ShortId id={id} className={classes.id} />
        <span className={classes.copy}>
          <CopyId id={id} />
        </span>
      </Group>
    </Group>
  );
}

function Owner({ owner }: Pick<KeyCellsProps, 'owner'>) {
  const { ofWorkspace } = useTexts(keysTexts);
  return (
    <Text size="sm" truncate className="theirs" dir="auto" {...(owner ? { title: owner } : { c: 'dimmed' })}>
      {owner === null ? ofWorkspace : owner}
    </Text>
  );
}

/** Permissions that are named; the others are counted. */
const MAX_NAMED = 2;

function Permissions({ names }: { readonly names: readonly string[] }) {
  const texts = useTexts(keysTexts);
  const { number } = useFormats();
  const rest = names.slice(MAX_NAMED);
  return (
    <Group gap={4} wrap="nowrap" className={classes.names}>
      {names.slice(0, MAX_NAMED).map((name) => (
        <Code key={name} fz="xs">
          {name}
        </Code>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.join(', ')} multiline maw="20rem">
          <Text span size="xs" tabIndex={0}>
            {texts.more(number(rest.length))}
          </Text>
        </Tooltip>
      )}
    </Group>
  );
}
