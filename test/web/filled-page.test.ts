import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readFilledPage } from '../../web/api/filled-page.ts';

/** A list whose pages have these items, each under its number as the cursor. */
function pagesOf(pages: readonly (readonly number[])[]) {
  const read: (string | undefined)[] = [];
  const readPage = async ({ cursor }: { readonly cursor?: string }) => {
    read.push(cursor);
    const n = Number(cursor ?? 0);
    return { items: pages[n] ?? [], nextCursor: n + 1 < pages.length ? String(n + 1) : null };
  };
  return { read, readPage };
}

it.each([
  ['is the first if that has items', [[1], [2]], null, [1], '1', 1],
  ['is the next one with items after empty ones', [[], [], [3], [4]], null, [3], '3', 3],
  ['is the last if none has any', [[], [], []], null, [], null, 3],
  ['is read from a cursor', [[1], [], [3]], '1', [3], null, 2],
] as const)('a page %s', async (_, pages, cursor, items, nextCursor, calls) => {
  const { read, readPage } = pagesOf(pages);
  expect(await readFilledPage(cursor, readPage)).toEqual({ items, nextCursor });
  expect(read).toHaveLength(calls);
});

const WEB = join(import.meta.dirname, '..', '..', 'web');
/** A call, or options of one, of a list whose pages may be empty before the last. */
const READS_PAGES =
  /(?<!`)\b(api|client)\.(keys|audit|requests)\.list\.(query|queryOptions|infiniteQueryOptions)\(/;
/** Reads all pages, one after the other. */
const WHOLE_LISTS = ['audit/audit-csv.ts'];

it('every part of the console that reads such a list reads on over empty pages', () => {
  const names = readdirSync(WEB, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.tsx?$/.test(name),
  );
  const readers = names
    .map((name) => [name.replaceAll('\\', '/'), readFileSync(join(WEB, name), 'utf8')] as const)
    .filter(([name, source]) => READS_PAGES.test(source) && !WHOLE_LISTS.includes(name));
  expect(readers.length).toBeGreaterThan(4);
  expect(readers.filter(([, source]) => !source.includes('readFilledPage(')).map(([name]) => name)).toEqual(
    [],
  );
});
