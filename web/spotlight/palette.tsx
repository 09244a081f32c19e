import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { spotlightTexts } from './texts.ts';
import { useEntries } from './use-entries.ts';

const [store, spotlight] = createSpotlight();

/** The search over pages, keys, docs and actions. @param opens changes each time it is to open */
export default function Palette({ opens }: { readonly opens: number }) {
  const texts = useTexts(spotlightTexts);
  const [query, setQuery] = useState('');
  const entries = useEntries(query);
  const { groups } = entries;
  const onKey = useSelection(entries, query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new number opens it
  useEffect(() => spotlight.open(), [opens]);
  // The list is a scroll area, which scrolls by the keyboard too; the type of its props leaves that out.
  const scrollable: object = { viewportProps: { tabIndex: 0, role: 'group', 'aria-label': texts.title } };
  return (
    <Spotlight.Root
      store={store}
      query={query}
      onQueryChange={setQuery}
      title={texts.title}
      shortcut={null}
      scrollable
      lockScroll={false}
      centered={false}
      transitionProps={{ duration: 0 }}
      styles={{ header: { padding: '0.75rem 1rem', minHeight: 0 }, actionDescription: { opacity: 1 } }}
    >
      <Spotlight.Search
        size="md"
        placeholder={texts.placeholder}
        aria-label={texts.placeholder}
        onKeyDownCapture={onKey}
      />
      <Spotlight.ActionsList {...scrollable}>
        {groups.map(({ name, entries: ofGroup }) => (
          <Spotlight.ActionsGroup key={name} label={texts.groups[name]}>
            {ofGroup.map(({ id, label, description, run }) => (
              <Spotlight.Action
                key={id}
                label={label}
                onClick={run}
                {...(description ? { description } : {})}
              />
            ))}
          </Spotlight.ActionsGroup>
        ))}
        {groups.length === 0 && <Spotlight.Empty role="status">{texts.nothing}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/**
 * Selects the first result each time that another one becomes the first, unless the user chose one by the arrows. Enter waits for
 * results that would be listed first.
 */
function useSelection({ groups, isPending }: ReturnType<typeof useEntries>, query: string) {
  const isChosen = useRef(false);
  const isEntered = useRef(false);
  const first = groups[0]?.entries[0];
  // biome-ignore lint/correctness/useExhaustiveDependencies: each other query begins again
  useEffect(() => {
    isChosen.current = false;
    isEntered.current = false;
  }, [query]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for each other first result
  useEffect(() => {
    if (!isChosen.current) selectFirst();
  }, [first?.id, query]);
  useEffect(() => {
    if (isPending || !isEntered.current) return;
    isEntered.current = false;
    first?.run();
    if (first) spotlight.close();
  }, [isPending, first]);
  return (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') isChosen.current = true;
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || isChosen.current || !isPending) return;
    isEntered.current = true;
    event.preventDefault();
    event.stopPropagation();
  };
}

/** Mantine selects the first result when the query changes, and not when results arrive. */
function selectFirst() {
  const { listId } = store.getState();
  if (!listId) return;
  const [action, ...others] = document.querySelectorAll(`#${listId} [data-action]`);
  for (const other of others) other.removeAttribute('data-selected');
  action?.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: action ? 0 : -1 }));
}
