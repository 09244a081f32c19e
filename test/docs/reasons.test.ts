import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { REFUSALS } from '../../shared/refusals.ts';

const tests = join(import.meta.dirname, '..');
const self = 'docs/reasons.test.ts';

it('every reason of the table is named by a test that receives it', () => {
  const texts = readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name.replaceAll('\\', '/') !== self)
    .map((name) => readFileSync(join(tests, name), 'utf8'))
    .join('\n');
  const unseen = Object.keys(REFUSALS).filter((reason) => !new RegExp(`\\b${reason}\\b`).test(texts));
  expect(unseen).toEqual([]);
});
