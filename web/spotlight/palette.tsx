import '@mantine/spotlight/styles.css';
import { createSpotlight, Spotlight } from '@mantine/spotlight';
import { useEffect, useState } from 'react';
import { useTexts } from '../language/language.ts';
import { spotlightTexts } from './texts.ts';
import { useEntries } from './use-entries.ts';

const [store, spotlight] = createSpotlight();

/** The search over pages, keys, docs and actions. @param opens changes each time it is to open */
export default function Palette({ opens }: { readonly opens: number }) {
  const texts = useTexts(spotlightTexts);
  const [query, setQuery] = useState('');
  const groups = useEntries(query);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new number opens it
  useEffect(() => spotlight.open(), [opens]);
  // The list is a scroll area, which scrolls by the keyboard too; the type of its props leaves that out.
  const scrollable: object = { viewportProps: { tabIndex: 0, role: 'group', 'aria-label': texts.title } };
  const [first] = groups.flatMap(({ entries }) => entries);
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs for each other first result
  useEffect(selectLateResult, [first?.id]);
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
      <Spotlight.Search size="md" placeholder={texts.placeholder} aria-label={texts.placeholder} />
      <Spotlight.ActionsList {...scrollable}>
        {groups.map(({ name, entries }) => (
          <Spotlight.ActionsGroup key={name} label={texts.groups[name]}>
            {entries.map(({ id, label, description, run }) => (
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

/** Selects the first result where none was there when the query changed: only then does Mantine select one. */
function selectLateResult() {
  const { selected, listId } = store.getState();
  const action = selected < 0 && listId && document.querySelector(`#${listId} [data-action]`);
  if (!action) return;
  action.setAttribute('data-selected', 'true');
  store.updateState((state) => ({ ...state, selected: 0 }));
}
