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
