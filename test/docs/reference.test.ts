import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPublicApi } from '../../docs/public-api.ts';
import { REFERENCES, referenceMarkdown } from '../../docs/reference-markdown.ts';

const root = join(import.meta.dirname, '..', '..');

describe.each(Object.keys(REFERENCES) as (keyof typeof REFERENCES)[])('docs/reference/%s', (page) => {
  const api = readPublicApi(REFERENCES[page][1]);

  it('is what `npm run docs` writes from the sources', () => {
    const written = readFileSync(join(root, 'docs/reference', page), 'utf8');
    expect(written).toBe(referenceMarkdown(page, api));
  });

  it('describes every function, says what it throws, and shows a call', () => {
    const functions = api.flatMap(({ exported }) => exported).filter(({ kind }) => kind === 'function');
    expect(functions.length).toBeGreaterThan(1);
    const lacking = functions.filter(({ text, tags }) => {
      const has = (wanted: string) => tags.some(({ tag }) => tag === wanted);
      return text === '' || !has('example') || !(has('throws') || text.includes('Never throws'));
    });
    expect(lacking.map(({ name }) => name)).toEqual([]);
  });
});
