import { UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useMemo, useState } from 'react';
import type { Choose } from '../key-actions/key-action.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { type KeysQuery, PAGE } from '../key-model/keys-query.ts';
import type { KeysSearch } from '../key-model/keys-search.ts';
import { keysTexts } from '../key-model/texts.ts';
import { usePeople } from '../key-model/use-names.ts';
import { useTexts } from '../language/language.ts';
import { TABLE_ROLES } from '../ui/tables/table-roles.ts';
import { bulkTexts } from './bulk/texts.ts';
import type { Selection } from './bulk/use-selection.ts';
import { COLUMNS, KeyCells } from './key-cells.tsx';
import classes from './key-table.module.css';
import { useKeysUsage } from './use-keys-usage.ts';
import { useNextPage } from './use-next-page.ts';
import { useTablePlace } from './use-table-place.ts';

/** Estimated height in pixels of a row in columns and of a row as a card, until it is measured. */
const ESTIMATES = { row: 45, card: 216 };
/** How many rows before the end the next page is fetched. */
const AHEAD = 20;

/** The order of the keys, and what changes it. */
export interface KeysOrder {
  /** Undefined for the newest first. */
  readonly sort: KeysSearch['sort'];
  readonly onSort: (sort: KeysSearch['sort']) => void;
}

interface KeyTableProps {
  readonly keys: readonly ConsoleKey[];
  readonly list: KeysQuery;
  /** Null if the reader may not change keys. */
  readonly choose: Choose | null;
  readonly selection: Selection;
  readonly order: KeysOrder;
}

/** A virtualized table: only rows near the window are in the page, and the row that has the focus. */
export function KeyTable({ keys, list, choose, selection, order }: KeyTableProps) {
  const texts = useTexts(keysTexts);
  const { body, scrollMargin, wide } = useTablePlace();
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const rows = useRows({ keys, focusedId, scrollMargin, wide });
  const items = rows.getVirtualItems();
  const people = usePeople();
  const usage = useKeysUsage(pagesOf(keys, items));
  useNextPage(list, (items.at(-1)?.index ?? 0) >= keys.length - AHEAD);

  return (
    <table
      {...TABLE_ROLES.table}
      aria-label={texts.list}
      aria-rowcount={list.hasNextPage ? -1 : keys.length + 1}
      aria-busy={list.isPlaceholderData}
      className={classes.table}
      data-stale={list.isPlaceholderData || undefined}
    >
      <Head order={order} wide={wide} />
      <tbody
        ref={body}
        {...TABLE_ROLES.group}
        className={classes.body}
        style={{ height: rows.getTotalSize() }}
        onFocus={({ target }) => setFocusedId(target.closest('tr')?.dataset['id'] ?? focusedId)}
      >
        {items.map(({ key, index, start }) => {
          const apiKey = keys[index];
          if (!apiKey) return null;
          const owner = apiKey.ownerId === null ? null : people.get(apiKey.ownerId);
          const cells = { apiKey, choose, owner, usage: usage.get(apiKey.id), toggle: selection.toggle };
          return (
            <tr
              key={key}
              ref={rows.measureElement}
              {...rowProps(apiKey, index)}
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <KeyCells {...cells} isSelected={selection.isSelected(apiKey.id)} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

const rowProps = ({ id }: ConsoleKey, index: number) => ({
  ...TABLE_ROLES.row,
  'data-index': index,
  'data-id': id,
  'aria-rowindex': index + 2,
  className: classes.row,
});

interface RowsOptions {
  readonly keys: readonly ConsoleKey[];
  readonly focusedId: string | null;
  readonly scrollMargin: number;
  readonly wide: boolean;
}

/** The virtualizer of the rows. Its functions are stable: with new ones, it would compute the place of every row again. */
function useRows({ keys, focusedId, scrollMargin, wide }: RowsOptions) {
  const focusedIndex = useMemo(() => keys.findIndex(({ id }) => id === focusedId), [keys, focusedId]);
  return useWindowVirtualizer({
    count: keys.length,
    overscan: 8,
    scrollMargin,
    estimateSize: useCallback(() => (wide ? ESTIMATES.row : ESTIMATES.card), [wide]),
    getItemKey: useCallback((index: number) => keys[index]?.id ?? index, [keys]),
    rangeExtractor: useCallback((range: Range) => withFocused(range, focusedIndex), [focusedIndex]),
  });
}

/** Columns whose heading is only for screen readers. */
const HIDDEN: ReadonlySet<string> = new Set(['select', 'actions']);

/** The order of each column whose heading sorts. */
const SORTED = { name: 'name', created: 'oldest', lastUsed: 'lastUsed' } as const;
type SortedColumn = keyof typeof SORTED;
const isSorted = (column: string): column is SortedColumn => Object.hasOwn(SORTED, column);

/** Of the values of each column, the first comes first. */
const DIRECTIONS = { name: 'ascending', created: 'ascending', lastUsed: 'descending' } as const;

interface HeadProps extends Pick<KeyTableProps, 'order'> {
  /** Whether columns fit: above cards, the headings are only for screen readers. */
  readonly wide: boolean;
}

function Head({ order, wide }: HeadProps) {
  const { columns } = useTexts(keysTexts);
  const names = { ...columns, select: useTexts(bulkTexts).column };
  return (
    <thead {...TABLE_ROLES.group} className={wide ? classes.head : VisuallyHidden.classes['root']}>
      <tr {...TABLE_ROLES.row} aria-rowindex={1} className={classes.row}>
        {COLUMNS.map((column) => (
          <th
            key={column}
            {...TABLE_ROLES.columnHeader}
            className={classes[column]}
            {...(isSorted(column) && SORTED[column] === order.sort
              ? { 'aria-sort': DIRECTIONS[column] }
              : {})}
          >
            {HIDDEN.has(column) && <VisuallyHidden>{names[column]}</VisuallyHidden>}
            {isSorted(column) && <SortButton name={names[column]} sort={SORTED[column]} order={order} />}
            {!HIDDEN.has(column) && !isSorted(column) && names[column]}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface SortButtonProps {
  readonly name: string;
  readonly sort: (typeof SORTED)[SortedColumn];
  readonly order: KeysOrder;
}

/** Sorts by a column, and by the newest again. */
function SortButton({ name, sort, order }: SortButtonProps) {
  const isCurrent = order.sort === sort;
  const Icon = sort === 'lastUsed' ? IconArrowDown : IconArrowUp;
  return (
    <UnstyledButton
      className={classes['sort'] ?? ''}
      data-current={isCurrent || undefined}
      onClick={() => order.onSort(isCurrent ? undefined : sort)}
    >
      {name}
      <Icon size={12} aria-hidden />
    </UnstyledButton>
  );
}

/** The visible rows, and the one that has or last had the focus: removing it would lose the focus. */
function withFocused(range: Range, focusedIndex: number): number[] {
  const inSight = defaultRangeExtractor(range);
  if (focusedIndex < 0 || inSight.includes(focusedIndex)) return inSight;
  return [...inSight, focusedIndex].sort((a, b) => a - b);
}

/** The ids of each page that has a visible row. */
function pagesOf(keys: readonly ConsoleKey[], items: readonly { readonly index: number }[]): string[][] {
  const pages = new Set(items.map(({ index }) => Math.floor(index / PAGE)));
  return [...pages].map((page) => keys.slice(page * PAGE, (page + 1) * PAGE).map(({ id }) => id));
}
