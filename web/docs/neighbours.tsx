import titles from 'virtual:docs-titles';
import { Anchor, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useLanguage, useTexts } from '../language/language.ts';
import { shellTexts } from '../ui/texts.ts';
import { DOCS_PAGES, type DocsPageName } from './catalogue.ts';
import { DocsLink } from './docs-link.tsx';
import { docsTexts } from './texts.ts';

/** The pages before and after a page, in reading order, and all pages between them. */
export function Neighbours({ page }: { readonly page: DocsPageName }) {
  const { pages, previous, next } = useTexts(docsTexts);
  const shell = useTexts(shellTexts);
  const at = DOCS_PAGES.indexOf(page);
  return (
    <Group component="nav" aria-label={pages} justify="space-between" gap="md" maw="46rem">
      <Neighbour label={previous} page={DOCS_PAGES[at - 1]} />
      <Anchor component={Link} to="/docs" size="sm">
        {shell.pages['/docs']}
      </Anchor>
      <Neighbour label={next} page={DOCS_PAGES[at + 1]} />
    </Group>
  );
}

function Neighbour({ label, page }: { readonly label: string; readonly page: DocsPageName | undefined }) {
  const language = useLanguage();
  if (page === undefined) return <span />;
  return (
    <DocsLink page={page} size="sm">
      {label}: {titles[language][page]}
    </DocsLink>
  );
}
