import { Anchor, Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import type { Language } from '../../shared/languages.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import { Failed } from '../ui/failed.tsx';
import { Loading } from '../ui/loading.tsx';
import { ConsolePage } from '../ui/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { type ExampleKey, SOME_KEY } from './example-key.ts';
import { KeyChoice } from './key-choice.tsx';
import type { MarkdownPage } from './markdown-page.ts';
import { Parts } from './parts.tsx';
import styles from './security-page.module.css';
import { securityTexts } from './texts.ts';

/** The pages of the docs, compiled into modules when the console is built. */
const PAGES: Readonly<Record<Language, () => Promise<MarkdownPage>>> = {
  en: () => import('../../docs/en/security-procedure.md').then(({ page }) => page),
  fr: () => import('../../docs/fr/security-procedure.md').then(({ page }) => page),
};

/** What a consumer of the API must know, open to anyone, with the reader's own key in the examples. */
export function SecurityPage() {
  const { pages } = useTexts(shellTexts);
  const texts = useTexts(securityTexts);
  const language = useLanguage();
  const [key, setKey] = useState<ExampleKey>(SOME_KEY);
  const { data, error, refetch } = useQuery({
    queryKey: ['me', 'security', language],
    queryFn: PAGES[language],
    staleTime: Number.POSITIVE_INFINITY,
  });
  useEffect(() => {
    // The anchor in the address exists only now.
    if (data)
      document.getElementById(decodeURIComponent(globalThis.location.hash.slice(1)))?.scrollIntoView();
  }, [data]);
  return (
    <ConsolePage
      title={pages['/security']}
      description={texts.description}
      actions={
        <Button component={Link} to="/security/debugger" variant="default" size="xs">
          {texts.debugger}
        </Button>
      }
    >
      <KeyChoice chosen={key} onChoose={setKey} />
      {!data && (error ? <Failed error={error} again={refetch} /> : <Loading />)}
      {data && (
        <div className={styles['page']}>
          <nav aria-label={texts.contents} className={styles['contents']}>
            <ul>
              {data.contents.map(({ id, text }) => (
                <li key={id}>
                  <Anchor href={`#${id}`} size="sm">
                    {text}
                  </Anchor>
                </li>
              ))}
            </ul>
          </nav>
          <article className={styles['text']}>
            <Parts parts={data.parts} of={key} />
          </article>
        </div>
      )}
    </ConsolePage>
  );
}
