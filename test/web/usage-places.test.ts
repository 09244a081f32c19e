import { describe, expect, it } from 'vitest';
import { placeOfBucket } from '../../web/usage/bucket-place.ts';
import { workspaceSearch } from '../../web/usage/workspace-search.ts';

const NOW = Date.parse('2026-11-25T14:05:30Z');

describe('the calls of a bucket', () => {
  it.each([
    ['2026-11-25T14:00:00.000Z', 'hour', { from: '2026-11-25T14:00', to: '2026-11-25T15:00' }],
    ['2026-11-25T14:05:00.000Z', 'minute', { from: '2026-11-25T14:05', to: '2026-11-25T14:06' }],
    ['2026-11-25T00:00:00.000Z', 'day', { from: '2026-11-25T00:00', to: '2026-11-26T00:00' }],
    // A part of it is still in the log.
    ['2026-11-24T14:00:00.000Z', 'hour', { from: '2026-11-24T14:00', to: '2026-11-24T15:00' }],
    ['2026-11-23T00:00:00.000Z', 'day', { day: '2026-11-23' }],
    ['2026-11-24T13:00:00.000Z', 'hour', null],
    ['2026-11-25T15:00:00.000Z', 'hour', null],
    ['', 'hour', null],
  ] as const)('that begins at %s, of one %s, are at %o', (at, step, place) => {
    expect(placeOfBucket(at, step, NOW)).toEqual(place);
  });
});

describe('the address of the page of usage', () => {
  it('keeps a key and a procedure, also of digits alone', () => {
    expect(workspaceSearch({ key: 123456789012, procedure: 'keys.list', range: '7d' })).toEqual({
      ...{ key: '123456789012', procedure: 'keys.list', range: '7d' },
    });
  });

  it.each([
    { key: '' },
    { key: 'x'.repeat(65) },
    { key: ['a'] },
    { procedure: '' },
    { procedure: 'x'.repeat(301) },
  ])('ignores %o', (search) => {
    expect(workspaceSearch(search)).toEqual({});
  });
});
