import { describe, expect, it } from 'vitest';
import { askedOf } from '../../web/audit/audit-input.ts';
import { auditSearch } from '../../web/audit/audit-search.ts';
import { docsSearch } from '../../web/docs/docs-search.ts';
import { keySearch } from '../../web/key/key-search.ts';
import { readKeysSearch } from '../../web/key-model/keys-search.ts';
import { playgroundSearch } from '../../web/playground/search.ts';
import { requestsInput } from '../../web/requests/requests-input.ts';
import { requestsSearch } from '../../web/requests/requests-search.ts';
import { workspaceSearch } from '../../web/usage/workspace-search.ts';

/** The parameters that have a value: the router drops the others. */
const kept = (search: object) =>
  Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined));

/** Whatever the router parses from an address. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1e21, Number.NaN, [], ['live'], {}, { toString: 1 }, ''],
  ...['\0', 'x'.repeat(5_000), '__proto__', 'constructor', '\ud800', '0000', '9999-12-31', '+010000-01-01'],
];
const PAGES: Readonly<
  Record<string, readonly [read: (search: Record<string, unknown>) => object, names: readonly string[]]>
> = {
  keys: [readKeysSearch, ['search', 'status', 'environment', 'sort', 'create']],
  key: [keySearch, ['tab', 'range', 'view', 'from', 'to', 'procedure']],
  usage: [workspaceSearch, ['key', 'environment', 'range', 'view', 'from', 'to', 'procedure']],
  requests: [
    (search) => requestsInput(requestsSearch(search)),
    ['requestId', 'key', 'procedure', 'environment', 'outcome', 'from', 'to'],
  ],
  audit: [(search) => askedOf(auditSearch(search)), ['action', 'actor', 'subject', 'from', 'to']],
  playground: [playgroundSearch, ['key', 'procedure', 'tab']],
  docs: [docsSearch, ['q']],
};

describe.each(Object.entries(PAGES))('the address of %s', (_, [read, names]) => {
  it('is read without a fault, whatever it says', () => {
    for (const name of names)
      for (const value of VALUES)
        for (const result of Object.values(kept(read({ [name]: value }))))
          expect(['string', 'boolean']).toContain(typeof result);
  });
});

describe('a day or a time of an address', () => {
  it.each([
    '0000-01-01',
    '9999-12-31',
    '2026-02-30',
    '2026-02-29',
    '2026-04-31',
    '2026-13-01',
    '2026-1-1',
    ' 2026-01-01',
    20260101,
  ])('%s is none, so that neither the field nor the list has it', (day) => {
    expect(auditSearch({ from: day, to: day })).toEqual({});
    expect(requestsSearch({ from: `${day}T10:00`, to: `${day}T10:00:00` })).toEqual({});
  });

  it.each(['2026-01-01T24:00', '2026-01-01T10:60', '2026-01-01T10:00Z', '2026-01-01'])(
    '%s is no time',
    (time) => {
      expect(requestsSearch({ from: time })).toEqual({});
    },
  );

  it.each(['0001-01-01', '1969-12-31', '2024-02-29', '9998-12-31'])('%s is one, in four digits', (day) => {
    const { from, to } = askedOf(auditSearch({ from: day, to: day }));
    expect([from, to]).toEqual([expect.stringMatching(/^\d{4}-/), expect.stringMatching(/^\d{4}-/)]);
    expect(requestsSearch({ from: `${day}T10:00` })).toEqual({ from: `${day}T10:00` });
  });
});

it('a key of an address decides about the environment of its usage: the choice shows none that does not count', () => {
  expect(kept(workspaceSearch({ key: 'k1', environment: 'test' }))).toEqual({ key: 'k1' });
  expect(kept(workspaceSearch({ environment: 'test' }))).toEqual({ environment: 'test' });
});
