import { Button, Group, Stack, Text } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import { useKeyDialog } from '../key-actions/key-dialog.tsx';
import type { KeysQuery } from '../key-model/keys-query.ts';
import { keysTexts } from '../key-model/texts.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { useMay } from '../session/me.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { BulkBar } from './bulk/bulk-bar.tsx';
import { useSelection } from './bulk/use-selection.ts';
import { type KeysOrder, KeyTable } from './key-table.tsx';

interface KeysListProps {
  readonly list: KeysQuery;
  readonly filtered: boolean;
  /** The saved filters, in the bar above the keys. */
  readonly saved: ReactNode;
  readonly showAll: () => void;
  readonly order: KeysOrder;
}

/** The keys that match the filter, or why there are none. */
export function KeysList({ list, filtered, saved, showAll, order }: KeysListProps) {
  const texts = useTexts(keysTexts);
  const keys = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  // The dialog belongs to the list, not to a row: a row disappears when the list no longer has its key, and the
  // dialog must stay.
  const { choose, dialog } = useKeyDialog();
  const selection = useSelection(keys);
  const mayWrite = useMay('keys:write');
  if (!list.data)
    return list.error ? <Failed error={list.error} retry={list.refetch} /> : <Loading rows={8} />;
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="sm">
        <Group gap="lg">
          <Shown count={keys.length} more={list.hasNextPage} />
          {mayWrite && keys.length > 0 && <BulkBar keys={keys} selection={selection} />}
        </Group>
        {saved}
      </Group>
      {keys.length === 0 ? (
        <Empty isList title={texts.none}>
          <p>{texts.noneMore}</p>
          {filtered && (
            <Button variant="default" onClick={showAll}>
              {texts.all}
            </Button>
          )}
        </Empty>
      ) : (
        <KeyTable
          keys={keys}
          list={list}
          selection={selection}
          order={order}
          choose={mayWrite ? choose : null}
        />
      )}
      <Failed error={list.error} retry={list.isFetchNextPageError ? list.fetchNextPage : list.refetch} />
      {list.hasNextPage && <LoadMore list={list} />}
      {dialog}
    </Stack>
  );
}

function LoadMore({ list }: Pick<KeysListProps, 'list'>) {
  const { loadMore } = useTexts(keysTexts);
  return (
    <Group justify="center">
      <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
        {loadMore}
      </Button>
    </Group>
  );
}

/** How many keys there are, announced to screen readers as it changes. */
function Shown({ count, more }: { readonly count: number; readonly more: boolean }) {
  const texts = useTexts(keysTexts);
  const { number } = useFormats();
  return (
    <Text role="status" size="sm" c="dimmed">
      {more ? texts.shownOfMore(number(count)) : texts.shown(count, number(count))}
    </Text>
  );
}
