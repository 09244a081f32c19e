import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LANGUAGES, refusalsMarkdown } from '../../docs/refusals-markdown.ts';
import { REFUSALS } from '../../shared/refusals.ts';

describe.each(LANGUAGES)('docs/%s/refusals.md', (language) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs', language, 'refusals.md'), 'utf8');

  it('is what `npm run docs` makes of the table of lessons', () => {
    expect(page).toBe(refusalsMarkdown(language));
  });

  it('lists every reason with its status, in the order of the table, and no other', () => {
    const rows = [...page.matchAll(/^\| \[`(\w+)`\]\(#(\w+)\) \| (\d+) \| \S/gm)];
    expect(rows.map(([, reason, , status]) => [reason, Number(status)])).toEqual(
      Object.entries(REFUSALS).map(([reason, { status }]) => [reason, status]),
    );
    // GitHub makes the anchor of a heading by writing it small.
    const headings = [...page.matchAll(/^### (\w+)$/gm)].map(([, reason = '']) => reason.toLowerCase());
    expect(rows.map(([, , anchor]) => anchor)).toEqual(headings);
  });

  it('says for each what happened, why, and how to fix it', () => {
    for (const section of page.split(/^### /m).slice(1)) {
      expect(section.match(/^\*\*[^*]+\.\*\* [^\n]{10,}$/gm), section.slice(0, 30)).toHaveLength(3);
    }
  });
});
