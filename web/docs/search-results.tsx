import { Anchor, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { REFUSALS_PAGE } from '../../shared/refusal-form.ts';
import { BASE_PATH } from '../api/browser-session.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Empty } from '../ui/feedback/empty.tsx';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { isTranslated } from './catalogue.ts';
import styles from './docs-index.module.css';
import { DocsLink } from './docs-link.tsx';
import { excerptOf, markWords, wordsIn } from './excerpt.ts';
import { loadSearch } from './load-search.ts';
import type { FoundSection } from './search-index.ts';
import { docsTexts } from './texts.ts';

/** The parts of pages that contain all of some words. */
export function SearchResults({ words }: { readonly words: string }) {
  const texts = useTexts(docsTexts);
  const language = useLanguage();
  const { data, error, refetch } = useQuery({
    queryKey: ['docs-search', language],
    queryFn: () => loadSearch(language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  const found = data(words);
  if (found.length === 0) {
    return (
      <Empty title={texts.nothing(words.trim())}>
        <p>{texts.nothingMore}</p>
      </Empty>
    );
  }
  return (
    <Stack component="section" aria-label={texts.results} maw="46rem">
      <Text c="dimmed" size="sm" role="status">
        {texts.found(found.length)}
      </Text>
      <ol className={styles['results']}>
        {found.map((section) => (
          <Result key={`${section.page}#${section.id}`} section={section} words={words} />
        ))}
      </ol>
    </Stack>
  );
}

function Result({ section, words }: { readonly section: FoundSection; readonly words: string }) {
  const { page, id, title, heading, text, cells } = section;
  const language = useLanguage();
  const name = heading === '' ? title : `${title} › ${heading}`;
  const shown = cells !== '' && !wordsIn(text, words) ? cells : text;
  return (
    <li lang={page === 'refusals' || isTranslated(page) ? undefined : 'en'}>
      {page === 'refusals' ? (
        <Anchor href={`${BASE_PATH}${REFUSALS_PAGE}?lang=${language}#${id}`}>{name}</Anchor>
      ) : (
        <DocsLink page={page} anchor={id}>
          {name}
        </DocsLink>
      )}
      <Text size="sm" c="dimmed">
        {markWords(excerptOf(shown, words), words).map(({ at, piece, isWord }) =>
          isWord ? <mark key={at}>{piece}</mark> : piece,
        )}
      </Text>
    </li>
  );
}
