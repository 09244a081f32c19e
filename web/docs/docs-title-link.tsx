import titles from 'virtual:docs-titles';
import type { DocsPageName } from '../../shared/docs-pages.ts';
import { useLanguage } from '../language/language.ts';
import { isTranslated } from './catalogue.ts';
import { DocsLink } from './docs-link.tsx';

interface DocsTitleLinkProps {
  readonly page: DocsPageName;
  readonly size?: 'sm';
}

/** A link by the title of its page. */
export function DocsTitleLink({ page, size }: DocsTitleLinkProps) {
  const language = useLanguage();
  return (
    <DocsLink page={page} {...(size && { size })} {...(isTranslated(page) ? {} : { lang: 'en' })}>
      {titles[language][page]}
    </DocsLink>
  );
}
