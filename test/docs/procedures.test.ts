import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { proceduresMarkdown } from '../../docs/procedures-markdown.ts';
import { LANGUAGES } from '../../docs/refusals-markdown.ts';

it.each(LANGUAGES)('docs/%s/procedures.md is what `npm run docs` makes of guards and texts', (language) => {
  const page = readFileSync(join(import.meta.dirname, '../../docs', language, 'procedures.md'), 'utf8');
  expect(page).toBe(proceduresMarkdown(language));
});
