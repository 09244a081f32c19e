import { DOCS, type DocsGroup } from '../../shared/docs-pages.ts';
import { useTexts } from '../language/language.ts';
import styles from './docs.module.css';
import { DocsTitleLink } from './docs-title-link.tsx';
import { docsTexts } from './texts.ts';
import { WrittenPages } from './written-pages.tsx';

/** Links to all pages of the docs, next to the open page if the window is wide. */
export function AllPages() {
  const { groups, allPages } = useTexts(docsTexts);
  return (
    <nav aria-label={allPages} className={styles['pages']}>
      {(Object.keys(DOCS) as DocsGroup[]).map((group) => (
        <div key={group}>
          <p className={styles['heading']}>{groups[group]}</p>
          <ul>
            {DOCS[group].map((page) => (
              <li key={page}>
                <DocsTitleLink page={page} size="sm" />
              </li>
            ))}
            <WrittenPages group={group} size="sm" />
          </ul>
        </div>
      ))}
    </nav>
  );
}
