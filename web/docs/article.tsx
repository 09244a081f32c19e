import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type MouseEvent, useEffect, useState } from 'react';
import type { DocsPageName } from '../../shared/docs-pages.ts';
import type { Language } from '../../shared/languages.ts';
import { BASE_PATH } from '../api/browser-session.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import code from '../ui/code/code.module.css';
import { Failed } from '../ui/feedback/failed.tsx';
import { Loading } from '../ui/feedback/loading.tsx';
import { shellTexts } from '../ui/texts.ts';
import { AllPages } from './all-pages.tsx';
import { docsFileOf, docsPageNamed, isTranslated } from './catalogue.ts';
import { Contents } from './contents.tsx';
import styles from './docs.module.css';
import { SOME_KEY, showsKey } from './example-key.ts';
import { KeyChoice } from './key-choice.tsx';
import type { MarkdownPage } from './markdown-page.ts';
import { Neighbours } from './neighbours.tsx';
import { Parts } from './parts.tsx';
import { docsTexts } from './texts.ts';

/** The pages of the docs, compiled into modules when the console is built. */
const MODULES = import.meta.glob<MarkdownPage>(
  ['../../docs/**/*.md', '../../SECURITY.md', '../../CHANGELOG.md', '!../../docs/contributors/**'],
  { import: 'default' },
);

/** How long a button says that it copied, in milliseconds. */
const COPIED_MS = 2_000;

const load = (page: DocsPageName, language: Language): Promise<MarkdownPage> => {
  const module = MODULES[`../../${docsFileOf(page, language)}`];
  return module ? module() : Promise.reject(new Error(`${page} is not built`));
};

/** The page of the docs to which a plain click leads; null if the browser has to follow the link itself. */
function placeOfClick(event: MouseEvent): { page: DocsPageName; hash: string } | null {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const link = (event.target as Element).closest('a');
  const [path = '', hash = ''] = (link?.getAttribute('href') ?? '').split('#');
  const page = path.startsWith(`${BASE_PATH}/docs/`)
    ? docsPageNamed(path.slice(`${BASE_PATH}/docs/`.length))
    : undefined;
  return page === undefined ? null : { page, hash };
}

/** Copies the code next to a button, which confirms it for a moment. */
async function copyCode(button: HTMLElement, copied: string): Promise<void> {
  const label = button.textContent;
  await navigator.clipboard.writeText(
    button.parentElement?.querySelector('pre')?.textContent?.trimEnd() ?? '',
  );
  if (button.dataset['done']) return;
  button.textContent = copied;
  button.dataset['done'] = 'true';
  setTimeout(() => {
    button.textContent = label;
    delete button.dataset['done'];
  }, COPIED_MS);
}

/** The text of a page with its contents, the reader's own key in its examples, and the pages before and after it. */
export function DocsArticle({ page }: { readonly page: DocsPageName }) {
  const { onlyEnglish } = useTexts(docsTexts);
  const language = useLanguage();
  const [key, setKey] = useState(SOME_KEY);
  const { data, error, refetch } = useQuery({
    queryKey: ['docs', page, language],
    queryFn: () => load(page, language),
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    // The element that the URL's anchor names exists only now.
    if (data)
      document.getElementById(decodeURIComponent(globalThis.location.hash.slice(1)))?.scrollIntoView();
  }, [data]);
  const navigate = useNavigate();
  const { copied } = useTexts(shellTexts);
  const follow = (event: MouseEvent) => {
    const button = (event.target as Element).closest<HTMLElement>('[data-copy]');
    if (button) return void copyCode(button, copied);
    const place = placeOfClick(event);
    if (place === null) return;
    event.preventDefault();
    void navigate({ to: '/docs/$', params: { _splat: place.page }, hash: place.hash });
  };
  if (!data) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  const isForeign = language !== 'en' && !isTranslated(page);
  return (
    <>
      {isForeign && <Text c="dimmed">{onlyEnglish}</Text>}
      {showsKey(data.parts) && <KeyChoice chosen={key} onChoose={setKey} />}
      <div className={styles['frame']}>
        <div className={styles['page']}>
          <AllPages />
          <Contents headings={data.contents} />
          {/* biome-ignore lint/a11y/useKeyWithClickEvents: it follows the links in it, which the keyboard clicks too. */}
          <article
            className={`${styles['text']} ${code['code']}`}
            lang={isForeign ? 'en' : undefined}
            onClick={follow}
          >
            <Parts parts={data.parts} exampleKey={key} />
            <Neighbours page={page} />
          </article>
        </div>
      </div>
    </>
  );
}
