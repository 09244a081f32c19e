import titles from 'virtual:docs-titles';
import { Group } from '@mantine/core';
import { DOCS_PAGES, type DocsPageName } from '../../shared/docs-pages.ts';
import { useLanguage, useTexts } from '../language/language.ts';
import styles from './docs.module.css';
import { DocsLink } from './docs-link.tsx';
import { docsTexts } from './texts.ts';

/** The pages before and after a page, in reading order. */
export function Neighbours({ page }: { readonly page: DocsPageName }) {
  const { pages } = useTexts(docsTexts);
  const at = DOCS_PAGES.indexOf(page);
  return (
    <Group component="nav" aria-label={pages} gap="md" mt="xl">
      <Neighbour to="previous" page={DOCS_PAGES[at - 1]} />
      <Neighbour to="next" page={DOCS_PAGES[at + 1]} />
    </Group>
  );
}

interface NeighbourProps {
  readonly to: 'previous' | 'next';
  readonly page: DocsPageName | undefined;
}

function Neighbour({ to, page }: NeighbourProps) {
  const texts = useTexts(docsTexts);
  const language = useLanguage();
  if (page === undefined) return null;
  return (
    <div className={styles['neighbour']} data-to={to}>
      <DocsLink page={page} size="sm">
        {texts[to](titles[language][page])}
      </DocsLink>
    </div>
  );
}
