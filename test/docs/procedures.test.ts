import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { proceduresMarkdown } from '../../docs/procedures-markdown.ts';
import { LANGUAGES } from '../../docs/refusals-markdown.ts';
import { builtInApi } from '../../server/app/router.ts';

it.each(LANGUAGES)(
  'docs/%s/procedures.md is what `npm run docs` makes of guards and their descriptions',
  (language) => {
    const page = readFileSync(join(import.meta.dirname, '../../docs', language, 'procedures.md'), 'utf8');
    expect(page).toBe(proceduresMarkdown(language));
  },
);

/** The properties of a shape such as `{ id, limits?: [{ name }] }`: those in its outermost braces, or in each of several. */
function membersIn(shape: string): string[] {
  let depth = 0;
  const outermost = [...shape].map((character) => {
    if ('{[('.includes(character)) depth++;
    if ('}])'.includes(character)) return --depth === 0 ? ',' : '';
    return depth === 1 ? character : '';
  });
  const members = outermost.join('').split(/[,{]/);
  return members.map((member) => /^\s*(\w+)/.exec(member)?.[1] ?? '').filter(Boolean);
}

const described = [...builtInApi.procedures].filter(([, { guard }]) =>
  /^`\{/.test(guard.shapes?.input ?? ''),
);

it.each(described)('the input of %s has the members of its schema', (_, { guard, inputs }) => {
  const { properties = {} } = z.toJSONSchema(inputs[0] as z.ZodType, { io: 'input', unrepresentable: 'any' });
  expect(new Set(membersIn(guard.shapes?.input ?? ''))).toEqual(new Set(Object.keys(properties)));
});
