import type { Token } from 'markdown-it';
import type { DocsSection } from '../markdown-page.ts';
import { addAnchors, plainText, tokensOf } from './markdown-page.ts';

/** The text of a page under each of its headings, for the search. */
export function sectionsOf(text: string): DocsSection[] {
  const tokens = tokensOf(text);
  addAnchors(tokens);
  const sections = [{ id: '', heading: '', level: 'h1', words: [] as string[], cells: [] as string[] }];
  tokens.forEach((token, at) => {
    const last = sections.at(-1) as (typeof sections)[number];
    if (token.type === 'heading_open') {
      const heading = plainText(tokens[at + 1] as Token);
      sections.push({ id: String(token.attrGet('id')), heading, level: token.tag, words: [], cells: [] });
    } else if (token.type === 'inline' && tokens[at - 1]?.type !== 'heading_open') {
      const isCell = /^t[dh]_open$/.test(tokens[at - 1]?.type ?? '');
      (isCell ? last.cells : last.words).push(plainText(token));
    } else if (token.type === 'fence') last.words.push(token.content);
  });
  let around = '';
  return sections.map(({ id, heading, level, words, cells }) => {
    const section = { id, heading, text: words.join(' '), cells: cells.join(' ') };
    if (level === 'h3') return { ...section, around };
    around = `${heading} ${words[0] ?? ''}`;
    return section;
  });
}

/** A reason as the heading of what explains it, and the status that it begins with. */
const REASON = /^[A-Z_]+$/;
const STATUS = /^\d{3}/;

/** The page of refusals in parts: its list, and each reason, whose anchor on the service is its name. */
export function refusalSections(text: string): DocsSection[] {
  const [list, ...parts] = sectionsOf(text);
  const reasons = parts
    .filter(({ heading }) => REASON.test(heading))
    .map(({ heading, text }) => ({
      id: heading,
      heading,
      text,
      cells: '',
      codes: `${heading} ${STATUS.exec(text)?.[0] ?? ''}`,
    }));
  const codes = [...new Set(reasons.map(({ codes }) => codes.split(' ')[1]))].join(' ');
  return list ? [{ ...list, codes }, ...reasons] : reasons;
}
