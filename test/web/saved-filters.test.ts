import { describe, expect, it } from 'vitest';
import { readKeysSearch } from '../../web/key-model/keys-search.ts';
import { requestsSearch } from '../../web/requests/requests-search.ts';
import { MAX_FILTERS, MAX_NAME, readFilters } from '../../web/saved-filters/stored-filters.ts';

const stored = (...entries: unknown[]) => JSON.stringify(entries);

describe('the saved filters of a page', () => {
  it('are read as they were kept', () => {
    const search = { outcome: 'refused', requestId: '77' };
    expect(readFilters(stored({ name: 'Refused', search }), requestsSearch)).toEqual([
      { name: 'Refused', search },
    ]);
  });

  it.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['no list', '{"name":"a","search":{}}'],
    ['entries that are no filters', stored(null, 7, 'x', [], {}, { name: 'a' }, { search: {} })],
    [
      'names that are none',
      stored(
        ...['', ' a', 'a\nb', 'a\u202eb', 'x'.repeat(MAX_NAME + 1), 7].map((name) => ({ name, search: {} })),
      ),
    ],
    ['searches that are none', stored({ name: 'a', search: 'status=active' }, { name: 'b', search: null })],
  ])('are none for %s', (_, text) => {
    expect(readFilters(text, requestsSearch)).toEqual([]);
  });

  it('keep only the members that a filter has, with values that it can have', () => {
    const search = { status: 'active', sort: '<script>', environment: 7, create: true, other: 1 };
    expect(readFilters(stored({ name: 'a', search }), readKeysSearch)).toEqual([
      { name: 'a', search: { ...readKeysSearch({}), status: 'active', create: true } },
    ]);
  });

  it('are at most twenty, with different names', () => {
    const many = Array.from({ length: 50 }, (_, n) => ({ name: `filter ${n % 30}`, search: {} }));
    const names = readFilters(stored(...many), requestsSearch).map(({ name }) => name);
    expect(names).toEqual(Array.from({ length: MAX_FILTERS }, (_, n) => `filter ${n}`));
  });
});
