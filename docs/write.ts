import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LANGUAGES, refusalsMarkdown } from './refusals-markdown.ts';

for (const language of LANGUAGES) {
  writeFileSync(join(import.meta.dirname, language, 'refusals.md'), refusalsMarkdown(language));
}
