import titles from 'virtual:docs-titles';
import { Paper, SimpleGrid, Stack, TextInput, Title } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useLanguage, useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { DOCS, type DocsGroup } from './catalogue.ts';
import styles from './docs.module.css';
import { DocsLink } from './docs-link.tsx';
import { SearchResults } from './search-results.tsx';
import { docsTexts } from './texts.ts';
import { WrittenPages } from './written-pages.tsx';

/** All pages of the docs, and a search over their text. The words are in the address. */
export function DocsIndex() {
  const { pages } = useTexts(shellTexts);
  const texts = useTexts(docsTexts);
  const { q = '' } = useSearch({ from: '/shell/docs/' });
  const navigate = useNavigate({ from: '/docs' });
  const onSearch = (words: string) =>
    void navigate({ search: words === '' ? {} : { q: words }, replace: true, resetScroll: false });
  return (
    <ConsolePage title={pages['/docs']} description={texts.indexMore}>
      <TextInput
        type="search"
        label={texts.search}
        description={texts.searchHint}
        inputWrapperOrder={['label', 'input', 'description']}
        value={q}
        onChange={({ currentTarget }) => onSearch(currentTarget.value)}
        maw="28rem"
      />
      {q.trim() === '' ? (
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }} spacing="xl">
          {(Object.keys(DOCS) as DocsGroup[]).map((group) => (
            <Group key={group} group={group} />
          ))}
        </SimpleGrid>
      ) : (
        <SearchResults words={q} />
      )}
    </ConsolePage>
  );
}

function Group({ group }: { readonly group: DocsGroup }) {
  const { groups } = useTexts(docsTexts);
  const language = useLanguage();
  return (
    <Paper withBorder component="section" p="lg" aria-label={groups[group]} className={styles['index']}>
      <Stack gap="xs">
        <Title order={2} size="h5">
          {groups[group]}
        </Title>
        {DOCS[group].map((page) => (
          <DocsLink key={page} page={page}>
            {titles[language][page]}
          </DocsLink>
        ))}
        <WrittenPages group={group} />
      </Stack>
    </Paper>
  );
}
