import { Button, Checkbox, Group, Text } from '@mantine/core';
import { useState } from 'react';
import type { ConsoleKey } from '../../key-model/key.ts';
import { useFormats } from '../../language/formats.ts';
import { useTexts } from '../../language/language.ts';
import { BULK_ACTIONS, type BulkAction, MAX_SELECTED } from './bulk-action.ts';
import { BulkDialog } from './bulk-dialog.tsx';
import { bulkTexts } from './texts.ts';
import type { Selection } from './use-selection.ts';

interface BulkBarProps {
  readonly keys: readonly ConsoleKey[];
  readonly selection: Selection;
}

/** Selects all keys that are shown, and offers what can be done with the selected ones. */
export function BulkBar({ keys, selection: { selected, selectAll, clear } }: BulkBarProps) {
  const texts = useTexts(bulkTexts);
  const { number } = useFormats();
  const [chosen, setChosen] = useState<{ action: BulkAction; keys: readonly ConsoleKey[] } | null>(null);
  const count = selected.length;
  const isAll = count > 0 && count === Math.min(keys.length, MAX_SELECTED);
  return (
    <Group gap="sm" role="group" aria-label={texts.bar} mih="1.875rem">
      <Checkbox
        size="xs"
        label={texts.selectAll}
        checked={isAll}
        indeterminate={count > 0 && !isAll}
        onChange={() => (count > 0 ? clear() : selectAll())}
      />
      {count > 0 && (
        <>
          <Text size="sm" role="status">
            {texts.selected(count, number(count))}
            {count === MAX_SELECTED && ` · ${texts.most(number(MAX_SELECTED))}`}
          </Text>
          {BULK_ACTIONS.map((action) => (
            <Button
              key={action}
              size="xs"
              variant="default"
              onClick={() => setChosen({ action, keys: selected })}
            >
              {texts.items[action]}
            </Button>
          ))}
          <Button size="xs" variant="subtle" color="gray" onClick={clear}>
            {texts.clear}
          </Button>
        </>
      )}
      {chosen && <BulkDialog action={chosen.action} selected={chosen.keys} onClose={() => setChosen(null)} />}
    </Group>
  );
}
