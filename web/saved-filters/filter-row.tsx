import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { useTexts } from '../language/language.ts';
import { FilterNameForm } from './name-form.tsx';
import { savedFilterTexts } from './texts.ts';

interface FilterRowProps {
  readonly name: string;
  /** The names of the other filters. */
  readonly others: readonly string[];
  readonly onOpen: () => void;
  readonly onRename: (name: string) => void;
  readonly onRemove: () => void;
}

/** A saved filter, which can be opened, renamed and deleted. */
export function FilterRow({ name, others, onOpen, onRename, onRemove }: FilterRowProps) {
  const texts = useTexts(savedFilterTexts);
  const [renaming, setRenaming] = useState(false);
  if (renaming) {
    return (
      <FilterNameForm
        label={texts.newName}
        initial={name}
        taken={others}
        onName={(next) => {
          setRenaming(false);
          onRename(next);
        }}
        onCancel={() => setRenaming(false)}
      />
    );
  }
  return (
    <Group gap="xs" wrap="nowrap">
      <Button
        variant="subtle"
        flex="1 1 auto"
        justify="flex-start"
        miw={0}
        h="auto"
        onClick={onOpen}
        px="xs"
        mih={36}
        ta="start"
        styles={{ label: { whiteSpace: 'normal', overflowWrap: 'anywhere' } }}
        aria-label={texts.apply(name)}
      >
        <bdi>{name}</bdi>
      </Button>
      <RowButton label={texts.renameOf(name)} onClick={() => setRenaming(true)}>
        {texts.rename}
      </RowButton>
      <RowButton label={texts.removeOf(name)} onClick={onRemove}>
        {texts.remove}
      </RowButton>
    </Group>
  );
}

interface RowButtonProps {
  /** Which names the filter as well. */
  readonly label: string;
  readonly onClick: () => void;
  readonly children: string;
}

function RowButton({ label, onClick, children }: RowButtonProps) {
  return (
    <Button variant="default" size="xs" flex="0 0 auto" onClick={onClick} aria-label={label}>
      {children}
    </Button>
  );
}
