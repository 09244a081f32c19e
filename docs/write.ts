import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { proceduresMarkdown } from './procedures-markdown.ts';
import { readPublicApi } from './public-api.ts';
import { REFERENCES, referenceMarkdown } from './reference-markdown.ts';
import { LANGUAGES, refusalsMarkdown } from './refusals-markdown.ts';

for (const language of LANGUAGES) {
  const write = (page: string, text: string) =>
    writeFileSync(join(import.meta.dirname, language, page), text);
  write('refusals.md', refusalsMarkdown(language));
  write('procedures.md', proceduresMarkdown(language));
}

const reference = join(import.meta.dirname, 'reference');
mkdirSync(reference, { recursive: true });
for (const page of Object.keys(REFERENCES) as (keyof typeof REFERENCES)[]) {
  writeFileSync(join(reference, page), referenceMarkdown(page, readPublicApi(REFERENCES[page][1])));
}
