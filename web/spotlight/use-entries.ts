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

/** A string without accents and capitals: people type neither. */
const foldCase = (text: string): string => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

/** What matches a query, in groups; groups without a match are left out. */
export function useEntries(query: string): readonly EntryGroup[] {
  const words = foldCase(query).split(/\s+/).filter(Boolean);
  const matches = ({ label }: Entry) => words.every((word) => foldCase(label).includes(word));
  const groups: readonly EntryGroup[] = [
    { name: 'pages', entries: usePages().filter(matches) },
    { name: 'actions', entries: useActions().filter(matches) },
    { name: 'keys', entries: useKeys(query) },
    { name: 'docs', entries: useDocs(query) },
  ];
  return groups.filter(({ entries }) => entries.length > 0);
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
function useKeys(query: string): Entry[] {
  const navigate = useNavigate();
  const [search] = useDebouncedValue(query.trim().slice(0, MAX_SEARCH_LENGTH), 150);
  const { data } = useQuery({
    queryKey: [...api.keys.list.pathKey(), 'spotlight', search],
    queryFn: ({ signal }) => readFirstKeys({ search, limit: MOST }, signal),
    enabled: Boolean(useSessionId()) && search !== '',
    retry: false,
  });
  if (search === '') return [];
  return (data?.items ?? []).map(({ id, name }) => ({
    id: `key ${id}`,
    label: name,
    description: id,
    run: () => void navigate({ to: '/keys/$id', params: { id } }),
  }));
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
  return search(query)
    .slice(0, MOST)
    .map(({ page, id, title, heading }) => ({
      id: `docs ${page}#${id}`,
      label: heading === '' ? title : `${title} › ${heading}`,
      run: () => void navigate({ to: '/docs/$', params: { _splat: page }, ...(id ? { hash: id } : {}) }),
    }));
}
