import { Button, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useTexts } from '../language/language.ts';
import { FilterRow } from './filter-row.tsx';
import { FilterNameForm } from './name-form.tsx';
import { MAX_FILTERS, type ReadSearch } from './stored-filters.ts';
import { savedFilterTexts } from './texts.ts';
import { useSavedFilters } from './use-saved-filters.ts';

interface SavedFiltersProps<Search> {
  /** The page's name in the browser's storage. */
  readonly page: 'keys' | 'audit' | 'requests';
  /** The filter that the page shows now; null without one. */
  readonly current: Search | null;
  /** Reads a stored filter. It must be the same function at each call. */
  readonly read: ReadSearch<Search>;
  readonly onOpen: (search: Search) => void;
}

/** Saves the filter of a list under a name, and opens saved ones. */
export function SavedFilters<Search>(props: SavedFiltersProps<Search>) {
  const texts = useTexts(savedFilterTexts);
  const [opened, { open, close }] = useDisclosure();
  const kept = useSavedFilters(props.page, props.read);
  return (
    <>
      <Button size="xs" variant="default" onClick={open} aria-haspopup="dialog">
        {texts.open(kept.filters.length)}
      </Button>
      <Modal
        opened={opened}
        onClose={close}
        title={texts.title}
        closeButtonProps={{ 'aria-label': texts.close }}
      >
        <FilterList {...props} kept={kept} close={close} />
      </Modal>
    </>
  );
}

interface FilterListProps<Search> extends SavedFiltersProps<Search> {
  readonly kept: ReturnType<typeof useSavedFilters<Search>>;
  readonly close: () => void;
}

function FilterList<Search>({ current, onOpen, kept, close }: FilterListProps<Search>) {
  const texts = useTexts(savedFilterTexts);
  const { filters, change, refused } = kept;
  const names = filters.map(({ name }) => name);
  return (
    <Stack>
      <Text size="sm" c="dimmed">
        {texts.kept}
      </Text>
      {refused && <Text role="alert">{texts.refused}</Text>}
      {names.length === 0 && <Text>{texts.none}</Text>}
      {filters.map(({ name, search }) => (
        <FilterRow
          key={name}
          name={name}
          others={names.filter((other) => other !== name)}
          onOpen={() => {
            onOpen(search);
            close();
          }}
          onRename={(next) =>
            change((now) => now.map((filter) => (filter.name === name ? { ...filter, name: next } : filter)))
          }
          onRemove={() => change((now) => now.filter((filter) => filter.name !== name))}
        />
      ))}
      {current === null && <Text>{texts.nothing}</Text>}
      {current !== null && names.length >= MAX_FILTERS && <Text>{texts.full(MAX_FILTERS)}</Text>}
      {current !== null && names.length < MAX_FILTERS && (
        <FilterNameForm
          label={texts.name}
          taken={names}
          onName={(name) => change((now) => [...now, { name, search: current }])}
        />
      )}
    </Stack>
  );
}
