import { VisuallyHidden } from '@mantine/core';
import { defaultRangeExtractor, type Range, useWindowVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react';
import type { Choose } from '../key-actions/key-action.ts';
import type { ConsoleKey } from '../key-model/key.ts';
import { type KeysQuery, PAGE } from '../key-model/keys-query.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { COLUMNS, KeyCells } from './key-cells.tsx';
import classes from './key-table.module.css';
import { TABLE_ROLES } from './table-roles.ts';
import { useUsageOf } from './usage-of.ts';

/** Estimated height in pixels of a row in columns and of a row as a card, until it is measured. */
const ESTIMATES = { row: 65, card: 216 };
/** The width below which rows become cards: as in the stylesheet. */
const WIDE = 896;
/** How many rows before the end the next page is fetched. */
const AHEAD = 20;

interface KeyTableProps {
  readonly keys: readonly ConsoleKey[];
  readonly list: KeysQuery;
  readonly choose: Choose;
}

/** A virtualized table: only rows near the window are in the page, and the row that has the focus. */
export function KeyTable({ keys, list, choose }: KeyTableProps) {
  const texts = useTexts(keysTexts);
  const mayWrite = useMay('keys:write');
  const { body, scrollMargin, wide } = usePlace();
  const [held, setHeld] = useState<string | null>(null);
  const heldAt = useMemo(() => keys.findIndex(({ id }) => id === held), [keys, held]);
  // Stable functions: with new ones, the virtualizer would compute the place of every row again.
  const rows = useWindowVirtualizer({
    ...{ count: keys.length, overscan: 8, scrollMargin },
    estimateSize: useCallback(() => (wide ? ESTIMATES.row : ESTIMATES.card), [wide]),
    getItemKey: useCallback((index: number) => keys[index]?.id ?? index, [keys]),
    rangeExtractor: useCallback((range: Range) => withHeld(range, heldAt), [heldAt]),
  });
  const items = rows.getVirtualItems();
  const usage = useUsageOf(pagesOf(keys, items));
  useMore(list, (items.at(-1)?.index ?? 0) >= keys.length - AHEAD);

  return (
    <table
      {...TABLE_ROLES.table}
      aria-label={texts.list}
      aria-rowcount={list.hasNextPage ? -1 : keys.length + 1}
      aria-busy={list.isPlaceholderData}
      className={classes.table}
      data-stale={list.isPlaceholderData || undefined}
    >
      <thead {...TABLE_ROLES.group} className={classes.head}>
        <tr {...TABLE_ROLES.row} aria-rowindex={1} className={classes.row}>
          {COLUMNS.map((column) => (
            <th key={column} {...TABLE_ROLES.columnHeader}>
              {column === 'actions' ? (
                <VisuallyHidden>{texts.columns.actions}</VisuallyHidden>
              ) : (
                texts.columns[column]
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody
        ref={body}
        {...TABLE_ROLES.group}
        className={classes.body}
        style={{ height: rows.getTotalSize() }}
        onFocus={({ target }) => setHeld(target.closest('tr')?.dataset['id'] ?? held)}
      >
        {items.map(({ key, index, start }) => {
          const of = keys[index];
          if (!of) return null;
          return (
            <tr
              key={key}
              ref={rows.measureElement}
              {...TABLE_ROLES.row}
              {...{ 'data-index': index, 'data-id': of.id, 'aria-rowindex': index + 2 }}
              className={classes.row}
              style={{ transform: `translateY(${start - scrollMargin}px)` }}
            >
              <KeyCells of={of} usage={usage.get(of.id)} choose={mayWrite ? choose : null} />
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

/** Where the rows begin on the page, in pixels, and whether there is room for columns. */
function usePlace() {
  const body = useRef<HTMLTableSectionElement>(null);
  const [place, setPlace] = useState({ scrollMargin: 0, wide: true });
  useLayoutEffect(() => {
    const look = () => {
      const { top, width } = (body.current as HTMLElement).getBoundingClientRect();
      const now = { scrollMargin: Math.round(top + globalThis.scrollY), wide: width >= WIDE };
      setPlace((before) =>
        before.scrollMargin === now.scrollMargin && before.wide === now.wide ? before : now,
      );
    };
    look();
    // Anything that appears or disappears above the rows changes the body's height.
    const changes = new ResizeObserver(look);
    changes.observe(document.body);
    return () => changes.disconnect();
  }, []);
  return { body, ...place };
}

/** The visible rows, and the one that has or last had the focus: removing it would lose the focus. */
function withHeld(range: Range, heldAt: number): number[] {
  const inSight = defaultRangeExtractor(range);
  if (heldAt < 0 || inSight.includes(heldAt)) return inSight;
  return [...inSight, heldAt].sort((a, b) => a - b);
}

/** The ids of each page that has a visible row. */
function pagesOf(keys: readonly ConsoleKey[], items: readonly { readonly index: number }[]): string[][] {
  const pages = new Set(items.map(({ index }) => Math.floor(index / PAGE)));
  return [...pages].map((page) => keys.slice(page * PAGE, (page + 1) * PAGE).map(({ id }) => id));
}

/** Fetches the next page when the reader nears the end; not by itself after a failure. */
function useMore({ hasNextPage, isFetching, isError, fetchNextPage }: KeysQuery, near: boolean) {
  const asks = near && hasNextPage && !isFetching && !isError;
  useEffect(() => {
    if (asks) void fetchNextPage();
  }, [asks, fetchNextPage]);
}
