import { useMantineColorScheme } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { LANGUAGES } from '../../shared/languages.ts';
import { api } from '../api/service.ts';
import { loadSearch } from '../docs/load-search.ts';
import { readFirstKeys } from '../key-model/first-keys.ts';
import { MAX_SEARCH_LENGTH } from '../key-model/keys-search.ts';
import { setLanguage, useLanguage, useTexts } from '../language/language.ts';
import { useSessionId } from '../session/session-id.ts';
import { PAGE_ICONS } from '../shell/page-icons.ts';
import { shellTexts } from '../ui/texts.ts';
import { spotlightTexts } from './texts.ts';

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly run: () => void;
}

interface EntryGroup {
  readonly name: keyof (typeof spotlightTexts)['en']['groups'];
  readonly entries: readonly Entry[];
}

/** Keys and parts of the docs that are offered at once. */
const MOST = 6;

/** A string without accents and capitals: users type neither. */
const foldCase = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

interface Entries {
  /** What matches, in groups; groups without a match are left out. */
  readonly groups: readonly EntryGroup[];
  /** Whether the first entry may still change, because the keys are on their way. */
  readonly isPending: boolean;
}

/** What matches a query. */
export function useEntries(query: string): Entries {
  const words = foldCase(query).split(/\s+/).filter(Boolean);
  const matches = ({ label }: Entry) => words.every((word) => foldCase(label).includes(word));
  const [pages, actions] = [usePages().filter(matches), useActions().filter(matches)];
  const keys = useKeys(query);
  const groups: readonly EntryGroup[] = [
    { name: 'pages', entries: pages },
    { name: 'actions', entries: actions },
    { name: 'keys', entries: keys.entries },
    { name: 'docs', entries: useDocs(query) },
  ];
  return {
    groups: groups.filter(({ entries }) => entries.length > 0),
    isPending: keys.isPending && pages.length + actions.length === 0,
  };
}

function usePages(): Entry[] {
  const { pages } = useTexts(shellTexts);
  const navigate = useNavigate();
  return (Object.keys(PAGE_ICONS) as (keyof typeof PAGE_ICONS)[]).map((path) => ({
    id: path,
    label: pages[path],
    run: () => void navigate({ to: path }),
  }));
}

function useActions(): Entry[] {
  const { actions } = useTexts(spotlightTexts);
  const navigate = useNavigate();
  const { setColorScheme } = useMantineColorScheme();
  return [
    {
      id: 'create',
      label: actions.create,
      run: () => void navigate({ to: '/keys', search: { create: true } }),
    },
    ...(['light', 'dark'] as const).map((scheme) => ({
      id: scheme,
      label: actions[scheme],
      run: () => setColorScheme(scheme),
    })),
    ...LANGUAGES.map((language) => ({
      id: language,
      label: actions[language],
      run: () => setLanguage(language),
    })),
  ];
}

/** Keys by name or by the beginning of their id. Without a response there are none, and no error appears. */
function useKeys(query: string): { readonly entries: Entry[]; readonly isPending: boolean } {
  const navigate = useNavigate();
  const typed = query.trim().slice(0, MAX_SEARCH_LENGTH);
  const [search] = useDebouncedValue(typed, 150);
  const isSignedIn = Boolean(useSessionId());
  const { data, isLoading } = useQuery({
    queryKey: [...api.keys.list.pathKey(), 'spotlight', search],
    queryFn: ({ signal }) => readFirstKeys({ search, limit: MOST }, signal),
    enabled: isSignedIn && search !== '',
    retry: false,
  });
  const isPending = isSignedIn && typed !== '' && (typed !== search || isLoading);
  // Those of earlier words would be the first result of these.
  if (typed !== search || search === '') return { entries: [], isPending };
  const entries = (data?.items ?? []).map(({ id, name }) => ({
    id: `key ${id}`,
    label: name,
    description: id,
    run: () => void navigate({ to: '/keys/$id', params: { id } }),
  }));
  return { entries, isPending };
}

function useDocs(query: string): Entry[] {
  const language = useLanguage();
  const navigate = useNavigate();
  const { data: search } = useQuery({
    queryKey: ['docs-search', language],
    queryFn: () => loadSearch(language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!search || query.trim() === '') return [];
  // A guess would be taken for what the user means.
  return search(query, { isTypoTolerant: false })
    .slice(0, MOST)
    .map(({ page, id, title, heading }) => ({
      id: `docs ${page}#${id}`,
      label: heading === '' ? title : `${title} › ${heading}`,
      run: () => void navigate({ to: '/docs/$', params: { _splat: page }, ...(id ? { hash: id } : {}) }),
    }));
}
