import highlighter from 'highlight.js/lib/common';
import nginx from 'highlight.js/lib/languages/nginx';

highlighter.registerLanguage('nginx', nginx);

/** Languages by other names that the docs use. */
const ALIASES: Readonly<Record<string, string>> = { systemd: 'ini', tsx: 'typescript', sh: 'bash' };

/**
 * Marks the words of code with classes, which the page's style colours.
 * @param language the first word after the fence
 * @returns HTML; empty if the language is not known
 */
export function highlight(code: string, language: string): string {
  const name = ALIASES[language] ?? language;
  if (!highlighter.getLanguage(name)) return '';
  return highlighter.highlight(code, { language: name }).value;
}
