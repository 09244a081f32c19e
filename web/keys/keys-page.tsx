import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { findingOf } from '../key-model/findings.ts';
import { keysQuery } from '../key-model/keys-query.ts';
import { type KeysSearch, readKeysSearch } from '../key-model/keys-search.ts';
import { keysTexts } from '../key-model/texts.ts';
import { MAX_CHECKED } from '../key-model/unused-keys.ts';
import { useFormats } from '../language/formats.ts';
import { useTexts } from '../language/language.ts';
import { SavedFilters } from '../saved-filters/saved-filters.tsx';
import { useMay } from '../session/me.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { CreateKey } from './create-key.tsx';
import { KeysChips } from './keys-chips.tsx';
import { KeysFilter } from './keys-filter.tsx';
import { KeysList } from './keys-list.tsx';

/** A saved filter and order, without the form that the URL may open. */
const readSavedSearch = ({ create: _, ...members }: Record<string, unknown>): KeysSearch =>
  readKeysSearch(members);

/** Whether a filter is set. */
const isFiltered = (wanted: KeysSearch): boolean =>
  Boolean(wanted.search?.trim() || wanted.status || wanted.environment || findingOf(wanted));

const NO_FILTER: KeysSearch = {
  search: undefined,
  status: undefined,
  environment: undefined,
  finding: undefined,
};

/** The keys of the workspace. Filter and order are in the URL, so that a link or Back shows the same. */
export function KeysPage() {
  const { pages } = useTexts(shellTexts);
  const texts = useTexts(keysTexts);
  const mayCreate = useMay('keys:write');
  const [creating, { open, close }] = useDisclosure();
  const search = useSearch({ from: '/shell/inside/keys' });
  const navigate = useNavigate({ from: '/keys' });
  const list = useInfiniteQuery(keysQuery(search));

  const onSearch: FiltersProps['onSearch'] = (changes, options) =>
    void navigate({
      search: (before: KeysSearch) => ({ ...before, ...changes }),
      resetScroll: false,
      ...options,
    });
  const create = mayCreate && <Button onClick={open}>{texts.create}</Button>;
  const none = list.data?.pages[0]?.items.length === 0;
  const empty = none && !isFiltered(search) && !list.isPlaceholderData;
  return (
    <ConsolePage title={pages['/keys']} description={texts.description} actions={!empty && create} isWide>
      {empty ? (
        <Empty isList title={texts.empty}>
          <p>{mayCreate ? texts.emptyMore : texts.emptyFor}</p>
          {create}
        </Empty>
      ) : (
        <>
          <KeysFilter search={search} onSearch={onSearch} />
          <KeysChips search={search} onSearch={onSearch} />
          {findingOf(search) === 'unused' && <UnusedBasis />}
          <KeysList
            saved={<Saved search={search} onSearch={onSearch} />}
            list={list}
            order={{ sort: search.sort, onSort: (sort) => onSearch({ sort }) }}
            filtered={isFiltered(search)}
            showAll={() => onSearch(NO_FILTER)}
          />
        </>
      )}
      <CreateKey
        opened={mayCreate && (creating || Boolean(search.create))}
        onClose={() => {
          close();
          // The dialog has asked before.
          if (search.create) onSearch({ create: undefined }, { replace: true, ignoreBlocker: true });
        }}
      />
    </ConsolePage>
  );
}

interface FiltersProps {
  readonly search: KeysSearch;
  readonly onSearch: (
    changes: KeysSearch,
    options?: { readonly replace?: boolean; readonly ignoreBlocker?: boolean },
  ) => void;
}

/** Which keys a list of keys with unused permissions was chosen from. */
function UnusedBasis() {
  const { unusedMore } = useTexts(keysTexts);
  const { number } = useFormats();
  return (
    <Text size="sm" c="dimmed">
      {unusedMore(number(MAX_CHECKED))}
    </Text>
  );
}

const Saved = ({ search, onSearch }: FiltersProps) => (
  <SavedFilters
    page="keys"
    current={isFiltered(search) ? search : null}
    read={readSavedSearch}
    onOpen={(filter) => onSearch({ ...readKeysSearch({}), ...filter })}
  />
);
