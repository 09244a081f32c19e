import { Anchor } from '@mantine/core';
import { useTexts } from '../language/language.ts';
import styles from './docs.module.css';
import type { MarkdownPage } from './markdown-page.ts';
import { docsTexts } from './texts.ts';

/** Links to the headings of a page. */
export function Contents({ headings }: { readonly headings: MarkdownPage['contents'] }) {
  const { contents } = useTexts(docsTexts);
  if (headings.length === 0) return null;
  return (
    <nav aria-label={contents} className={styles['contents']}>
      <p className={styles['heading']}>{contents}</p>
      <ul>
        {headings.map(({ id, text }) => (
          <li key={id}>
            <Anchor href={`#${id}`} size="sm">
              {text}
            </Anchor>
          </li>
        ))}
      </ul>
    </nav>
  );
}
