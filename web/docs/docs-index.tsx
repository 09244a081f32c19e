import { Paper, Text, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { DOCS, type DocsGroup } from '../../shared/docs-pages.ts';
import { useTexts } from '../language/language.ts';
import { ConsolePage } from '../ui/page/page.tsx';
import { shellTexts } from '../ui/texts.ts';
import { isTranslated } from './catalogue.ts';
import styles from './docs-index.module.css';
import { DocsTitleLink } from './docs-title-link.tsx';
import { SearchResults } from './search-results.tsx';
import { StartPages } from './start-pages.tsx';
import { docsTexts } from './texts.ts';
import { WrittenPages } from './written-pages.tsx';

/** The id of the field for words, to which the pages that the service writes link. */
const FIELD = 'search';

/** All pages of the docs, and a search over their text. The search words are in the URL. */
export function DocsIndex() {
  const { pages } = useTexts(shellTexts);
  const texts = useTexts(docsTexts);
  const { q = '' } = useSearch({ from: '/shell/docs/' });
  const navigate = useNavigate({ from: '/docs' });
  const isWanted = useLocation({ select: ({ hash }) => hash === FIELD });
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (isWanted) field.current?.focus();
  }, [isWanted]);
  const onSearch = (words: string) =>
    void navigate({ search: words === '' ? {} : { q: words }, replace: true, resetScroll: false });
  return (
    <ConsolePage title={pages['/docs']} description={texts.indexMore}>
      <TextInput
        ref={field}
        id={FIELD}
        type="search"
        label={texts.search}
        description={texts.searchHint}
        inputWrapperOrder={['label', 'input', 'description']}
        leftSection={<IconSearch size={18} aria-hidden />}
        size="md"
        value={q}
        onChange={({ currentTarget }) => onSearch(currentTarget.value)}
        maw="40rem"
      />
      {q.trim() === '' ? (
        <>
          <StartPages />
          <div className={styles['groups']}>
            {(Object.keys(DOCS) as DocsGroup[]).map((group) => (
              <Group key={group} group={group} />
            ))}
          </div>
        </>
      ) : (
        <SearchResults words={q} />
      )}
    </ConsolePage>
  );
}

function Group({ group }: { readonly group: DocsGroup }) {
  const { groups, groupsMore, inEnglish } = useTexts(docsTexts);
  return (
    <Paper withBorder component="section" p="lg" aria-label={groups[group]} className={styles['group']}>
      <Title order={2} size="h5">
        {groups[group]}
      </Title>
      <Text size="sm" c="dimmed">
        {groupsMore[group]}
      </Text>
      <ul className={styles['links']}>
        {DOCS[group].map((page) => (
          <li key={page}>
            <DocsTitleLink page={page} />
            {inEnglish !== '' && !isTranslated(page) && (
              <Text span size="xs" c="dimmed">
                {inEnglish}
              </Text>
            )}
          </li>
        ))}
        <WrittenPages group={group} />
      </ul>
    </Paper>
  );
}
