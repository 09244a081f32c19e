import titles from 'virtual:docs-titles';
import { Button } from '@mantine/core';
import { Link, useParams } from '@tanstack/react-router';
import { useLanguage, useTexts } from '../language/language.ts';
import { NotFound } from '../shell/not-found.tsx';
import { Breadcrumb } from '../ui/page/breadcrumb.tsx';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { DocsArticle } from './article.tsx';
import { docsPageNamed } from './catalogue.ts';
import { docsTexts } from './texts.ts';

/** A page of the docs, open to anyone. */
export function DocsPage() {
  const language = useLanguage();
  const page = docsPageNamed(useParams({ from: '/shell/docs/$' })._splat ?? '');
  if (page === undefined) return <NotFound />;
  return (
    <ConsolePage
      title={titles[language][page]}
      above={<Breadcrumb to="/docs" here={titles[language][page]} />}
    >
      <DocsArticle key={page} page={page} />
    </ConsolePage>
  );
}

/** What a consumer of the API must know: the page of the docs that has a place in the navigation. */
export function SecurityPage() {
  const { pages } = useTexts(shellTexts);
  const { securityMore, debugger: findOut } = useTexts(docsTexts);
  const toDebugger = (
    <Button component={Link} to="/security/debugger" variant="default" size="xs">
      {findOut}
    </Button>
  );
  return (
    <ConsolePage title={pages['/security']} description={securityMore} actions={toDebugger}>
      <DocsArticle page="security-procedure" />
    </ConsolePage>
  );
}
