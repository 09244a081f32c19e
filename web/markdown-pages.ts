import MarkdownIt from 'markdown-it';
import type { Plugin } from 'vite';
import { type MarkdownPage, pageOf } from './security-guide/markdown-page.ts';

/** Compiles pages of the docs into modules when the console is built: `import { page } from '….md'`. */
export function markdownPages(): Plugin {
  const markdown = new MarkdownIt({ html: false });
  return {
    name: 'keyseal-markdown-pages',
    transform(text, id) {
      if (!id.endsWith('.md')) return null;
      const page: MarkdownPage = pageOf(markdown, text);
      return { code: `export const page = ${JSON.stringify(page)};`, map: null, moduleType: 'js' };
    },
  };
}
