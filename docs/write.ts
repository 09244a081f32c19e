import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { proceduresMarkdown } from './procedures-markdown.ts';
import { LANGUAGES, refusalsMarkdown } from './refusals-markdown.ts';

for (const language of LANGUAGES) {
  const write = (page: string, text: string) =>
    writeFileSync(join(import.meta.dirname, language, page), text);
  write('refusals.md', refusalsMarkdown(language));
  write('procedures.md', proceduresMarkdown(language));
}
